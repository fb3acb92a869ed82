"""Numbers and terms of certificates, as far as the domain facts are sure of them and no further (pure).

What is certain is an error; what is only likely is a warning that a person weighs against the paper.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from core.errors import BadInput
from core.identifiers import check_sc_number, normalise_text

_GF = re.compile(r"GF(\d{6})(\d{2})(\d{4})")
_LB = re.compile(r"LB-\d{2}-(\d{2})(\d{2})(\d{2})\d{4,6}A{0,2}")
_OP = re.compile(r"(\d{3,4}|F\d{2})OP(\d{2})\d{5}(-\d+)?")
_AGI = re.compile(r"AGI\d{5}")
_UNIT = re.compile(r"\d{17}")
COUNTY = "140821"
LONGEST = 60
NEW_AGENCY_CODES = date(2022, 8, 1)  # since then four digits; four-digit ones only from 2024 on packages
USUAL_YEARS = {"green": 3, "organic": 1}


@dataclass(frozen=True, slots=True)
class Read:
    """A number in canonical form and what a person should look at once more."""

    number: str
    warnings: tuple[str, ...] = ()


def plain(text: str) -> str:
    """Half-width, upper case, without blanks: how a number is kept and compared."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", normalise_text(text))).upper()


def number(kind: str, text: str, valid_from: date | None = None) -> Read:
    """The certificate's number; BadInput where the shape of its kind is known and it does not fit."""
    found = plain(text)
    if not found or len(found) > LONGEST:
        raise BadInput(f"证书编号填 1 到 {LONGEST} 个字。", code="certificate.number", field="number")
    return _READERS[kind](found, valid_from) if kind in _READERS else Read(found)


def _refuse(message: str, help: str) -> BadInput:
    return BadInput(message, code="certificate.shape", field="number", help=help)


def _green(text: str, valid_from: date | None) -> Read:
    if _GF.fullmatch(text):
        return Read(text, company_code_warnings(text, valid_from))
    match = _LB.fullmatch(text)
    if match is None:
        raise _refuse(
            "这不像绿色食品的编号。", "产品编号写 LB-类别-10 到 12 位数字，可带 A；企业信息码写 GF 加 12 位数字。"
        )
    if not 1 <= int(match[2]) <= 12:
        return Read(text, ("编号里表示月份的两位不在 01 到 12 之间，请对照证书。",))
    return Read(text)


def company_code(text: str, valid_from: date | None = None) -> Read:
    """The 企业信息码 packages carry beside 绿色食品: GF, county, year of award, four digits."""
    found = plain(text)
    if not _GF.fullmatch(found):
        raise BadInput(
            "企业信息码是 GF 加 12 位数字。", code="certificate.company_code", field="company_code",
            help="在证书上“企业信息码”一栏，不是产品编号。",
        )  # fmt: skip
    return Read(found, company_code_warnings(found, valid_from))


def company_code_warnings(code: str, valid_from: date | None) -> tuple[str, ...]:
    """County other than Linyi and a year of award after the certificate began are worth a second look."""
    match = _GF.fullmatch(code)
    assert match is not None
    out = []
    if match[1] != COUNTY:
        out.append(f"企业信息码的县区码是 {match[1]}，不是临猗县的 {COUNTY}，请对照证书。")
    if valid_from is not None and int(match[2]) > valid_from.year % 100:
        out.append("企业信息码里的年份晚于证书生效的年份，请对照证书。")
    return tuple(out)


def _organic(text: str, valid_from: date | None) -> Read:
    match = _OP.fullmatch(text)
    if match is None:
        raise _refuse(
            "这不像有机产品的证书编号。", "机构代码 3 到 4 位，接 OP，再接 7 位数字，例如 0001OP2600001；子证书带 -1。"
        )
    out = []
    if valid_from is not None and int(match[2]) > valid_from.year % 100:
        out.append("编号里的年份晚于证书生效的年份，请对照证书。")
    if len(match[1]) == 3 and match[1].isdigit() and valid_from is not None and valid_from >= NEW_AGENCY_CODES:
        out.append("2022 年 8 月以后机构代码是 4 位，这张证书只有 3 位，请对照证书。")
    return Read(text, tuple(out))


def _agri_gi(text: str, _valid_from: date | None) -> Read:
    if not _AGI.fullmatch(text):
        raise _refuse(
            "农产品地理标志的编号是 AGI 加 5 位数字。", "质量控制技术规范编号（AGI2017-04-2162 那种）不是它。"
        )
    return Read(text)


def _sc(text: str, _valid_from: date | None) -> Read:
    try:
        found, warning = check_sc_number(text)
    except BadInput as wrong:
        raise _refuse(wrong.message, wrong.help) from wrong
    return Read(found, (warning,) if warning else ())


_READERS = {"green": _green, "organic": _organic, "agri_gi": _agri_gi, "sc": _sc}


def organic_unit_code(text: str, today: date) -> Read:
    """The 有机码 on a smallest sales unit: 17 digits; more than that only the register of CNCA can say."""
    found = plain(text)
    if not _UNIT.fullmatch(found):
        raise BadInput(
            "有机码是 17 位数字。", code="certificate.unit_code", field="unit_code", help="在最小销售包装上。"
        )
    years = {int(found[3:5]), int(found[4:6])}  # three or four digits of the agency stand before the year
    if not any(12 <= year <= today.year % 100 for year in years):
        return Read(found, ("码里的年份对不上，请到中国食品农产品认证信息系统核验。",))
    return Read(found)


def term(first: date, last: date | None, *, long_term: bool) -> None:
    """First and last day in order; BadInput where the kind must have a last day and has none."""
    if last is None and not long_term:
        raise BadInput("这一类证书有到期日，请填写。", code="certificate.term", field="valid_until")
    if last is not None and last < first:
        raise BadInput("到期日早于生效日，请核对。", code="certificate.term", field="valid_until")


def term_warnings(kind: str, first: date, last: date | None) -> tuple[str, ...]:
    """A term longer than this kind usually has (绿色食品 3 years, 有机 1 year)."""
    years = USUAL_YEARS.get(kind)
    if years is None or last is None or (last - first).days <= years * 366:
        return ()
    return (f"这一类证书通常有效 {years} 年，你填的更长，请对照证书。",)
