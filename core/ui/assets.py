"""Stylesheets: a few bundles served under names that carry their hash, and the scan page's CSS for inlining."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STATIC = Path(__file__).resolve().parent / "static"
_SCAN = ("tokens", "base", "scan", "scan-more")
_SHARED = (*_SCAN, "components", "lists", "tables", "measures")
BUNDLES: dict[str, tuple[str, ...]] = {
    "public": (*_SHARED, "public"),
    "office": (*_SHARED, "office", "office-sizes", "graph", "packing"),
}


@dataclass(frozen=True, slots=True)
class InlineCss:
    """Text to stand inside ``<style>`` and the source expression that lets a strict policy accept it."""

    text: str
    csp_hash: str


def minify(css: str) -> str:
    """``css`` without comments and needless blanks; strings and meaning stay."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};,>]) ?", r"\1", css)
    css = re.sub(r": ", ":", css)
    css = re.sub(r"(?<![\w.])0\.(\d)", r".\1", css)
    return css.replace(";}", "}").strip()


def _read(names: tuple[str, ...]) -> str:
    return "\n".join((STATIC / "css" / f"{name}.css").read_text("utf-8") for name in names)


def _office_import() -> str:
    """Tabler below everything of ours: a cascade layer loses to any rule outside it."""
    path = STATIC / "vendor" / "tabler.min.css"
    if not path.exists():
        return ""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    return f'@import url("/static/vendor/tabler.min.css?v={digest}") layer(vendor);'


@cache
def bundle(name: str) -> tuple[bytes, str]:
    """The bytes of a bundle and the digest in its address."""
    text = (_office_import() if name == "office" else "") + minify(_read(BUNDLES[name]))
    data = text.encode("utf-8")
    return data, hashlib.sha256(data).hexdigest()[:16]


def stylesheet_url(name: str) -> str:
    """The address of a bundle; it changes with the content, so it may be cached for ever."""
    return f"/assets/{name}-{bundle(name)[1]}.css"


@cache
def scan_css() -> InlineCss:
    """All the scan page needs, minified, with its ``'sha256-…'`` for ``style-src``."""
    text = minify(_read(_SCAN))
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
    return InlineCss(text, f"'sha256-{digest}'")


@cache
def static_digest(path: str) -> str:
    """A short digest of a static file ('' where it is not there)."""
    file = STATIC / path
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else ""


def static_url(path: str) -> str:
    """``/static/…`` with the content's digest, so that a change is seen at once."""
    digest = static_digest(path)
    return f"/static/{path}?v={digest}" if digest else f"/static/{path}"
