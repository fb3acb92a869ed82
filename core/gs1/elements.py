"""Element strings: reading ``(01)…(10)…`` and ``^01…``, and the rules between identifiers (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.gs1.errors import Malformed
from core.gs1.table import Identifier, identifiers, matches

_BRACKET = re.compile(r"\((\d{2,4})\)")
_SERIAL_BEARING = {"253": 13, "255": 13, "8003": 14}


@dataclass(frozen=True, slots=True)
class Element:
    """One identifier with its value."""

    ai: str
    value: str

    @property
    def fixed(self) -> bool:
        known = identifiers().get(self.ai)
        return known is not None and known.fixed


def parse_bracketed(text: str, *, unknown: bool = False, check: bool = True) -> list[Element]:
    """The elements of ``(01)…(10)…`` in the order found, each value checked; ``\\(`` is a bracket inside a value."""
    marked = text.replace("\\(", "\x00")
    if not marked.startswith("("):
        raise Malformed("数据要以带括号的应用标识符开头，例如 (01)。", code="gs1.bracket")
    found = []
    for chunk in marked[1:].split("("):
        ai, closing, value = chunk.partition(")")
        if not closing or not re.fullmatch(r"\d{2,4}", ai):
            raise Malformed("括号里要是 2 到 4 位数字的应用标识符。", code="gs1.bracket")
        found.append(Element(ai, value.replace("\x00", "(")))
    for element in found:
        check_element(element, unknown=unknown, check=check)
    return found


def check_element(element: Element, *, unknown: bool = False, check: bool = True) -> None:
    """Nothing, or Malformed where the identifier is unknown or the value breaks its format."""
    known = identifiers().get(element.ai)
    if not element.value:
        raise Malformed(f"标识符 {element.ai} 后面是空的。", code="gs1.empty")
    if known is None:
        if not unknown:
            raise Malformed(f"不认识应用标识符 {element.ai}。", code="gs1.unknown_ai")
        return
    if check and not known.accepts(element.value):
        raise Malformed(f"标识符 {element.ai} 的内容“{element.value}”不合格式。", code="gs1.value")


def parse_unbracketed(text: str) -> list[Element]:
    """The elements of ``^01…^10…`` where ``^`` stands for FNC1; separators are needed after variable-length values."""
    if not text.startswith("^") or len(text) < 2:
        raise Malformed("数据要以 FNC1 开头。", code="gs1.fnc1")
    rest, found = text[1:], []
    while rest:
        known = _leading(rest)
        rest = rest[len(known.ai) :]
        end = rest.find("^")
        field = rest if end < 0 else rest[:end]
        if known.fixed:
            field = field[: known.longest]
        found.append(Element(known.ai, field))
        check_element(found[-1])
        rest = rest[len(field) :].removeprefix("^")
    return found


def _leading(text: str) -> Identifier:
    for length in (2, 3, 4):
        known = identifiers().get(text[:length])
        if known is not None and len(text) >= length:
            return known
    raise Malformed("不认识开头的应用标识符。", code="gs1.unknown_ai")


def to_unbracketed(elements: list[Element]) -> str:
    """``^01…``: a separator before the first and after each value of variable length that is not the last."""
    text, separator = "", "^"
    for element in elements:
        text += separator + element.ai + element.value
        separator = "" if element.fixed else "^"
    return text


def to_bracketed(elements: list[Element]) -> str:
    """``(01)…(10)…`` for people."""
    return "".join(f"({element.ai}){element.value.replace('(', chr(92) + '(')}" for element in elements)


def repeats_agree(elements: list[Element]) -> bool:
    """Whether every identifier that occurs more than once has one value."""
    seen: dict[str, str] = {}
    return all(seen.setdefault(element.ai, element.value) == element.value for element in elements)


def no_excluded_pair(elements: list[Element]) -> bool:
    """Whether no identifier stands beside one that its definition excludes (never itself)."""
    present = {element.ai for element in elements}
    for ai in present:
        known = identifiers().get(ai)
        if known and any(matches(pattern, other) for pattern in known.excludes for other in present - {ai}):
            return False
    return True


def requisites_present(elements: list[Element]) -> bool:
    """Whether each identifier has one of the companions its definition asks for."""
    present = {element.ai for element in elements}

    def there(pattern: str) -> bool:
        return any(matches(pattern, ai) for ai in present)

    for ai in present:
        known = identifiers().get(ai)
        for alternatives in known.requires if known else ():
            if not any(all(there(pattern) for pattern in group) for group in alternatives):
                return False
    return True


def signature_has_serialised_key(elements: list[Element]) -> bool:
    """Whether a digital signature (8030) stands with keys that carry a serial part, where they can do without one."""
    if all(element.ai != "8030" for element in elements):
        return True
    return all(len(element.value) > _SERIAL_BEARING.get(element.ai, -1) for element in elements)


def validate(elements: list[Element]) -> None:
    """Nothing, or Malformed naming the first rule between identifiers that is broken."""
    rules = (
        (repeats_agree, "repeat", "同一个标识符出现了两个不同的值。"),
        (no_excluded_pair, "pair", "有两个标识符不能放在一起。"),
        (requisites_present, "requisite", "缺少必须一同出现的标识符。"),
        (signature_has_serialised_key, "serial", "数字签名要和带序列号的编码一起用。"),
    )
    for rule, code, message in rules:
        if not rule(elements):
            raise Malformed(message, code=f"gs1.{code}")
