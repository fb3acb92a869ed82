"""Typeset a document.  Data reaches the template only as JSON, so user text is never interpreted as markup."""

from __future__ import annotations

import json
import threading
from functools import cache
from pathlib import Path
from typing import Any

import typst

from core.config import ROOT
from core.errors import DomainError

FONTS = ROOT / "core" / "document" / "fonts"
_lock = threading.Lock()


class CannotTypeset(DomainError):
    """The document holds a character the font lacks, or the template failed."""

    status = 422
    default_code = "document.cannot_typeset"


@cache
def _compiler(source: str) -> typst.Compiler:
    return typst.Compiler(source, root=str(ROOT), font_paths=[str(FONTS)], ignore_system_fonts=True)


def template_path(name: str) -> Path:
    """``brand/licence/licence.typ`` -> the file ``brand/licence/templates/brand/licence/licence.typ``."""
    floor, room, rest = name.split("/", 2)
    return ROOT / floor / room / "templates" / floor / room / rest


def typeset(name: str, data: dict[str, Any]) -> bytes:
    """The PDF of template ``name`` filled with ``data`` (read there by ``json(bytes(sys.inputs.d))``).

    Byte-identical for equal data; fonts embedded.  Raises ``CannotTypeset`` on a missing font or glyph.
    """
    path = template_path(name)
    with _lock:
        try:
            pdf, warnings = _compiler(str(path)).compile_with_warnings(
                format="pdf", sys_inputs={"d": json.dumps(data, ensure_ascii=False)}, pdf_standards="a-2b"
            )
        except Exception as error:
            raise CannotTypeset(
                "这份文件排不出来，可能有字库里没有的生僻字。", help="请把生僻字换成常用写法，或联系管理员。"
            ) from error
    if warnings:
        raise CannotTypeset("这份文件排不出来：" + str(warnings[0]), help="请联系管理员。")
    assert isinstance(pdf, bytes)
    return pdf
