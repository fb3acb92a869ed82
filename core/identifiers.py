"""Numbers and names people type: read them strictly, and say which character looks wrong (pure).

Every ``check_*`` returns the canonical form or raises :class:`core.errors.BadInput` with a sentence naming the place
to look at.  A look-alike is never silently mended: ``O`` for ``0`` is refused with a hint (facts 1.1).
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from core.errors import BadInput

USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SUBJECT_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SUBJECT_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_LOOKS_LIKE = {
    "O": ("字母 O", "数字 0"),
    "I": ("字母 I", "数字 1"),
    "S": ("字母 S", "数字 5"),
    "Z": ("字母 Z", "数字 2"),
    "V": ("字母 V", "字母 U 或 W"),
}
_DEVIATING_SPACES = re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_GAPS = re.compile(r"[\s\-－—‐‑]+")
PARTY_PREFIXES = {"NH": "种植户", "GR": "个人主播", "DW": "公共单位"}


def normalise_text(text: str, *, multiline: bool = False) -> str:
    """Human text in NFC without outer blanks; control characters, bidi marks and lone surrogates are refused."""
    if multiline:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _DEVIATING_SPACES.sub(" ", unicodedata.normalize("NFC", text))
    for place, char in enumerate(text, start=1):
        if multiline and char in "\n\t":
            continue
        if unicodedata.category(char) in ("Cc", "Cs", "Co", "Zl", "Zp") or _is_hidden(char):
            raise BadInput(
                f"第 {place} 个字符看不见（编码 U+{ord(char):04X}），请删去后重新填写。", code="input.control_character"
            )
    return text.strip()


def _is_hidden(char: str) -> bool:
    """Bidi controls, zero-width blanks, tags and noncharacters; joiners and variation selectors are needed by scripts."""
    code = ord(char)
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF:
        return True
    return unicodedata.category(char) == "Cf" and code not in (0x200C, 0x200D)


def normalise_code(text: str) -> str:
    """A code as typed, in NFKC upper case without blanks and dashes: full-width and lower-case forms become plain."""
    for place, char in enumerate(text, start=1):
        if unicodedata.category(char) in ("Cc", "Cf", "Cs") and char not in "\t\r\n":
            raise BadInput(
                f"第 {place} 个字符看不见（编码 U+{ord(char):04X}），请删去后重新填写。", code="input.control_character"
            )
    return _GAPS.sub("", unicodedata.normalize("NFKC", text)).upper()


# --- 统一社会信用代码, GB 32100-2015 -------------------------------------------------------------------------------


def uscc_check_char(first17: str) -> str:
    """Character 18 of a code: (31 - sum of value x 3^(i-1)) mod 31 (GB 32100-2015)."""
    total = sum(USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(first17))
    return USCC_ALPHABET[(31 - total % 31) % 31]


def subject_check_char(first8: str) -> str:
    """Character 9 of the subject code, which is character 17 of the whole (GB 11714; 10 is X, 11 is 0)."""
    rest = 11 - sum(_SUBJECT_ALPHABET.index(c) * w for c, w in zip(first8, _SUBJECT_WEIGHTS, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def compose_uscc(office: str, subject: str) -> str:
    """The full code of a registering office (8 characters) and a subject (8): both check characters added."""
    first17 = office + subject + subject_check_char(subject)
    if len(office) != 8 or len(subject) != 8 or any(c not in USCC_ALPHABET for c in first17):
        raise ValueError("an office and a subject of 8 permitted characters each are needed")
    return first17 + uscc_check_char(first17)


def check_uscc(text: str, field: str = "code") -> str:
    """The code in canonical form with both check characters right, or BadInput saying where to look."""

    def refuse(message: str, code: str, help: str = "请对照营业执照右上角或登记证书逐位核对。") -> BadInput:
        return BadInput(message, code=f"uscc.{code}", field=field, help=help)

    code = normalise_code(text)
    if not code:
        raise refuse("还没有填统一社会信用代码。", "missing", "填营业执照上的 18 位代码。")
    if re.fullmatch(r"\d{15}", code):
        raise refuse(
            "这是 15 位旧注册号，现在要填 18 位统一社会信用代码。", "old_number", "旧执照换领后，新代码印在执照上。"
        )
    if len(code) != 18:
        raise refuse(f"统一社会信用代码是 18 位，现在是 {len(code)} 位。", "length")
    for place, char in enumerate(code, start=1):
        if char in USCC_ALPHABET:
            continue
        if char in _LOOKS_LIKE:
            seen, perhaps = _LOOKS_LIKE[char]
            raise refuse(
                f"第 {place} 位是{seen}，是不是{perhaps}？", "look_alike", "代码里不用 I、O、S、V、Z 这五个字母。"
            )
        raise refuse(f"第 {place} 位“{char}”不会出现在统一社会信用代码里。", "character")
    if uscc_check_char(code[:17]) != code[17]:
        raise refuse("代码核对不上，可能有一位抄错或相邻两位颠倒。", "check")
    if subject_check_char(code[8:16]) != code[16]:
        raise refuse("代码第 9 到 17 位核对不上，可能有一位抄错。", "subject_check")
    return code


def is_uscc(text: str) -> bool:
    """Whether ``text`` passes :func:`check_uscc`."""
    try:
        check_uscc(text)
    except BadInput:
        return False
    return True


# --- the platform's own party code -----------------------------------------------------------------------------------


def party_code(prefix: str, body: str) -> str:
    """The party code of a kind (two letters) and ten characters: 13 in all, so it can never be read as a USCC."""
    if prefix not in PARTY_PREFIXES or len(body) != 10 or any(c not in USCC_ALPHABET for c in body):
        raise ValueError("a known prefix and 10 permitted characters are needed")
    return prefix + body + _party_check_char(prefix + body)


def _party_check_char(first12: str) -> str:
    total = sum(USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(first12))
    return USCC_ALPHABET[(31 - total % 31) % 31]


def check_party_code(text: str, field: str = "code") -> str:
    """The party code in canonical form, or BadInput."""
    code = normalise_code(text)
    if len(code) != 13 or code[:2] not in PARTY_PREFIXES:
        raise BadInput("这不是平台主体编号：编号是 13 位，以两个字母开头。", code="party_code.shape", field=field)
    for place, char in enumerate(code[2:], start=3):
        if char not in USCC_ALPHABET:
            seen, perhaps = _LOOKS_LIKE.get(char, (f"“{char}”", "别的字符"))
            raise BadInput(f"第 {place} 位是{seen}，是不是{perhaps}？", code="party_code.look_alike", field=field)
    if _party_check_char(code[:12]) != code[12]:
        raise BadInput("主体编号核对不上，可能有一位抄错。", code="party_code.check", field=field)
    return code


def check_organisation_code(text: str, field: str = "code") -> str:
    """A USCC or a party code in canonical form (the ``{code}`` of addresses), or BadInput."""
    return check_party_code(text, field) if len(normalise_code(text)) == 13 else check_uscc(text, field)


# --- telephone -------------------------------------------------------------------------------------------------------


def check_mobile(text: str, field: str = "mobile") -> str:
    """Eleven digits of a mainland mobile number; blanks, dashes and +86 are dropped.  Segments are never judged."""
    digits = normalise_code(text).removeprefix("+")
    if len(digits) > 11:
        digits = re.sub(r"^(0086|86)", "", digits)
    if re.fullmatch(r"1[3-9]\d{9}", digits):
        return digits
    if digits and digits.isdigit() and len(digits) != 11:
        raise BadInput(f"手机号是 11 位，现在是 {len(digits)} 位。", code="mobile.length", field=field)
    raise BadInput("手机号是以 1 开头的 11 位数字，请核对。", code="mobile.shape", field=field)


def check_telephone(text: str, field: str = "telephone") -> str:
    """A mobile number, a landline with area code, or a 400/95 service number; canonical form."""
    raw = unicodedata.normalize("NFKC", normalise_text(text)).replace(" ", "")
    if re.fullmatch(r"(\+?86-?|0086-?)?1[3-9]\d{9}", raw):
        return check_mobile(raw, field)
    if re.fullmatch(r"0\d{2,3}-?\d{7,8}(-\d{1,5})?", raw) or re.fullmatch(
        r"(400-?\d{3}-?\d{4}|95\d{3,6}|12\d{3})", raw
    ):
        return raw
    raise BadInput("电话写成手机号，或“区号-号码”，例如 0359-4030000。", code="telephone.shape", field=field)


def mask_mobile(mobile: str) -> str:
    """``138****8888`` for a mobile number; anything else keeps its last two characters only."""
    if re.fullmatch(r"\d{11}", mobile):
        return f"{mobile[:3]}****{mobile[-4:]}"
    return "*" * max(len(mobile) - 2, 0) + mobile[-2:] if len(mobile) > 2 else "*" * len(mobile)


# --- other numbers ---------------------------------------------------------------------------------------------------


def gs1_check_digit(body: str) -> str:
    """The GS1 mod-10 check digit of ``body`` (weights 3, 1, 3 … from the right)."""
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(body)))
    return str(-total % 10)


def check_gtin(text: str, field: str = "gtin") -> str:
    """A GTIN of 8, 12, 13 or 14 digits with the right check digit, as typed without blanks."""
    code = normalise_code(text)
    if not code.isascii() or not code.isdigit():
        raise BadInput("商品条码只有数字，请核对。", code="gtin.digits", field=field)
    if len(code) not in (8, 12, 13, 14):
        raise BadInput(f"商品条码是 8、12、13 或 14 位，现在是 {len(code)} 位。", code="gtin.length", field=field)
    if gs1_check_digit(code[:-1]) != code[-1]:
        raise BadInput("商品条码最后一位核对不上，可能有一位抄错。", code="gtin.check", field=field)
    return code


def mod11_10_check_digit(body: str) -> str:
    """The check digit by GB/T 17710 MOD 11,10."""
    rest = 10
    for digit in body:
        rest = ((rest + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - rest) % 10)


def check_sc_number(text: str, field: str = "sc_number") -> tuple[str, str]:
    """A food production licence number and a warning ('' when none): wrong shape raises, a wrong check digit warns."""
    code = normalise_code(text)
    if not re.fullmatch(r"SC[12]\d{13}", code):
        raise BadInput("食品生产许可证编号是 SC 加 14 位数字，第一位数字是 1 或 2。", code="sc.shape", field=field)
    if mod11_10_check_digit(code[2:-1]) != code[-1]:
        return code, "末位核对不上，请对照许可证再看一遍。核对无误可以保留。"
    return code, ""


_ICP = re.compile(r"(?P<province>[\u4e00-\u9fff])ICP[备证]\d{6,10}号(-\d{1,3})?")


def check_icp(text: str, field: str = "icp") -> str:
    """An ICP filing number of the printed shape (``晋ICP备06004910号-1``), or '' for empty; never invented."""
    code = unicodedata.normalize("NFKC", normalise_text(text)).replace(" ", "")
    code = re.sub("icp", "ICP", code, flags=re.IGNORECASE)
    if code and not _ICP.fullmatch(code):
        raise BadInput("备案号写成“晋ICP备00000000号-1”的样子；没有备案号就留空。", code="icp.shape", field=field)
    return code


def check_police_filing(text: str, field: str = "police_filing") -> str:
    """A public-security filing number (``晋公网安备 14110002000102号``), or '' for empty."""
    code = unicodedata.normalize("NFKC", normalise_text(text)).replace(" ", "")
    match = re.fullmatch(r"([\u4e00-\u9fff])公网安备(\d{14})号", code)
    if code and not match:
        raise BadInput(
            "公安备案号写成“晋公网安备 14 位数字 号”的样子；没有就留空。", code="police_filing.shape", field=field
        )
    return f"{match[1]}公网安备 {match[2]}号" if match else ""


def looks_like_resident_id(text: str) -> bool:
    """Whether ``text`` holds a resident identity number with a right check character (GB 11643): such must not be stored."""
    for found in re.finditer(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])", unicodedata.normalize("NFKC", text)):
        digits = found.group()
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        rest = sum(int(d) * w for d, w in zip(digits, weights, strict=False)) % 11
        if "10X98765432"[rest] == digits[-1].upper():
            return True
    return False


def fours(code: str) -> list[str]:
    """``code`` in groups of four, for display (the gap is margin, so that copying gives no blanks)."""
    cuts = [*range(0, len(code), 4), len(code)]
    return [code[a:b] for a, b in pairwise(cuts)] if code else []
