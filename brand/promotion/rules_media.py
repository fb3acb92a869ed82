"""The media library: whose a material is, until when, and who may take it (pure)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from core.errors import Unmet

KINDS = {"picture": "图片", "document": "文件", "video": "视频链接"}
RIGHTS = {"owned": "自有", "licensed": "已获授权", "open": "公开可用"}
AUDIENCES = {"licensees": "获授权企业", "public": "公众"}


@dataclass(frozen=True, slots=True)
class MaterialFacts:
    """A material as the rules see it."""

    kind: str
    title: str
    caption: str
    credit: str
    rights: str
    rights_note: str
    rights_until: date | None
    audience: str
    link: str = ""
    has_file: bool = True


def faults(facts: MaterialFacts, today: date) -> list[Unmet]:
    """Every reason why a material cannot stand in the library."""
    found = []
    if facts.kind not in KINDS or facts.rights not in RIGHTS or facts.audience not in AUDIENCES:
        found.append(Unmet("SC-01", "种类、权利和给谁用没有选齐。", help="从列表里选。"))
    if not 2 <= len(facts.title) <= 60:
        found.append(Unmet("SC-02", "素材没有名称。", help="写 2 到 60 个字。"))
    if not facts.caption:
        found.append(Unmet("SC-03", "没有写说明。", help="写清是什么；看不到图的人靠这一句。"))
    if not facts.credit:
        found.append(Unmet("SC-04", "没有写作者或出处。", help="写清谁拍的、谁做的。"))
    if facts.rights == "licensed" and not facts.rights_note:
        found.append(Unmet("SC-05", "写了已获授权，没有写是谁授权的。", help="写授权人和授权书的日期。"))
    if facts.rights_until is not None and facts.rights_until < today:
        found.append(Unmet("SC-06", "使用期限已经过去。", help="续好使用权再放进库里；没有使用权的不能用。"))
    if facts.kind == "video" and not sound_link(facts.link):
        found.append(Unmet("SC-07", "视频要填 https 开头的网址。", help="从视频平台复制分享网址。"))
    if facts.kind != "video" and not facts.has_file:
        found.append(Unmet("SC-08", "没有选文件。", help="图片选 JPG 或 PNG，文件选 PDF。"))
    return found


def sound_link(link: str) -> bool:
    """Whether ``link`` is a plain https address with a host and without user data."""
    if len(link) > 500 or not link.isascii() or any(c.isspace() for c in link):
        return False
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme == "https" and "." in (parts.hostname or "") and "@" not in parts.netloc


def usable(*, active: bool, rights_until: date | None, today: date) -> bool:
    """Whether a material may be used on a day: not taken out, and its rights not run out (the last day counts)."""
    return active and (rights_until is None or today <= rights_until)


def may_take(audience: str, brand_id: int, licensed_line: Collection[int], *, office: bool) -> bool:
    """Who may take a material: anybody a public one, the office all, others with a licence of its brand or one below it."""
    return audience == "public" or office or brand_id in licensed_line
