"""What an organisation's row may hold (pure)."""

from __future__ import annotations

import re

from core import identifiers
from core.errors import Unmet

# Why somebody may act without a 统一社会信用代码.  电子商务法 article 10 exempts these from registration.
REASONS_WITHOUT_CODE = {
    "self_grown": "个人销售自产农副产品，依法无需登记（电子商务法第十条）",
    "small_trade": "个人零星小额交易，依法无需登记（电子商务法第十条）",
    "labour": "个人从事依法无须取得许可的便民劳务（电子商务法第十条）",
    "public_body": "公共单位，代码待补",
}
PREFIX_OF_KIND = {"grower": "NH", "host": "GR", "office": "DW", "brand_office": "DW", "bureau": "DW", "platform": "DW"}
NAME_LIMIT, SHORT_LIMIT, TEXT_LIMIT = 60, 20, 400
PUBLIC_KINDS = frozenset({"enterprise", "office", "brand_office", "bureau", "platform"})


def name_faults(name: str) -> list[Unmet]:
    """A name has 2 to 60 characters and holds no resident identity number."""
    found = []
    if not 2 <= len(name) <= NAME_LIMIT:
        found.append(Unmet("organisation.name", f"名称要 2 到 {NAME_LIMIT} 个字。", help="写执照上的全称。"))
    if identifiers.looks_like_resident_id(name):
        found.append(Unmet("organisation.resident_id", "名称里像是有身份证号，平台不收集。", help="请删去号码。"))
    return found


def reason_faults(kind: str, reason: str) -> list[Unmet]:
    """Only growers, hosts and public bodies may be without a code, each with a listed reason."""
    if kind not in PREFIX_OF_KIND:
        return [
            Unmet(
                "organisation.code_needed", "企业和合作社要填统一社会信用代码。", help="没有代码的个人请登记为种植户。"
            )
        ]
    if reason not in REASONS_WITHOUT_CODE:
        return [
            Unmet(
                "organisation.reason_needed",
                "没有统一社会信用代码的，要写明理由。",
                article="电子商务法第十条",
                help="从列出的理由里选一项。",
            )
        ]
    return []


def public_name(kind: str, name: str, code: str) -> str:
    """The name a public page may show: a natural person appears by party code only (TRUST 6)."""
    return name if kind in PUBLIC_KINDS else f"{'主播' if kind == 'host' else '种植户'} {code}"


def search_keys(*texts: str) -> str:
    """Full pinyin and initials of the texts, lower case, for search by keyboard ("linyishili lysl")."""
    from pypinyin import Style, lazy_pinyin  # its tables cost every start a third of a second; few starts need them

    keys: list[str] = []
    for text in texts:
        keys += ["".join(lazy_pinyin(text)), "".join(lazy_pinyin(text, style=Style.FIRST_LETTER))]
    return " ".join(dict.fromkeys(k.lower() for k in keys if k))


def typed_pinyin(text: str) -> str:
    """The typed text as a pinyin key, or '' where it holds anything but letters, digits and spaces."""
    joined = "".join(text.split()).lower()
    return joined if joined.isascii() and joined.isalnum() else ""


def link_faults(url: str) -> list[Unmet]:
    """A link leads to an https (or http) address of the open web, without a user name in it."""
    if not url:
        return []
    fits = re.fullmatch(r"https?://(?P<host>[A-Za-z0-9.\-]+\.[A-Za-z]{2,})(:\d{1,5})?(/[^\s<>\"']*)?", url)
    if fits and len(url) <= 300:
        return []
    return [Unmet("organisation.link", "链接要以 https:// 开头，写完整的网址。", help="在浏览器里打开后复制地址栏。")]


def sort_key(name: str) -> str:
    """Bytes of the name in GB 18030 as hex: level-1 characters then sort by pinyin in the database (TRAPS 1)."""
    return name.encode("gb18030", "replace").hex()
