"""How brands may hang together, and what may be printed about them (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from core.errors import Unmet

LEVELS = {"regional": "区域公用品牌", "county": "县域品牌", "enterprise": "企业品牌"}
PARENT_LEVELS: dict[str, frozenset[str]] = {
    "regional": frozenset(),
    "county": frozenset({"regional"}),
    "enterprise": frozenset({"regional", "county"}),
}
MARK_KINDS = {"": "未填", "ordinary": "普通商标", "collective": "集体商标", "certification": "证明商标"}
KEY_SHAPE = re.compile(r"[a-z][a-z0-9-]{1,39}")
NAME_LIMIT, TEXT_LIMIT = 20, 600


@dataclass(frozen=True, slots=True)
class BrandFacts:
    """Facts of a brand that the bureau fills in; an empty one is not printed (facts 2.4)."""

    holder: str = ""
    mark_no: str = ""
    mark_kind: str = ""
    mark_until: date | None = None
    area: str = ""
    gi_no: str = ""


def place_faults(level: str, parent_level: str | None, *, has_owner: bool) -> list[Unmet]:
    """Every reason why a brand of ``level`` cannot hang below a brand of ``parent_level``."""
    found = []
    if level not in LEVELS:
        return [Unmet("brand.level", "没有这一级品牌。", help="从三级里选一级。")]
    allowed = PARENT_LEVELS[level]
    if (parent_level is None) != (not allowed) or (parent_level is not None and parent_level not in allowed):
        above = "、".join(LEVELS[p] for p in ("regional", "county") if p in allowed) or "没有上级"
        found.append(Unmet("brand.parent", f"{LEVELS[level]}的上级只能是：{above}。", article="方案第五部分（四）1"))
    if has_owner != (level == "enterprise"):
        found.append(
            Unmet("brand.owner", "企业品牌要有所属企业，公用品牌不能归某一家企业。", article="方案第五部分（四）1")
        )
    return found


def text_faults(name: str, introduction: str, facts: BrandFacts) -> list[Unmet]:
    """Every fault in what is to be shown about a brand."""
    found = []
    if not 2 <= len(name) <= NAME_LIMIT:
        found.append(Unmet("brand.name", f"品牌名要 2 到 {NAME_LIMIT} 个字。", help="写商标或品牌本身，不带修饰语。"))
    if len(introduction) > TEXT_LIMIT:
        found.append(Unmet("brand.introduction", f"介绍最多 {TEXT_LIMIT} 字，现在是 {len(introduction)} 字。"))
    if facts.mark_kind not in MARK_KINDS:
        found.append(Unmet("brand.mark_kind", "没有这种商标类型。", help="从列表里选。"))
    if facts.mark_no and not re.fullmatch(r"[0-9A-Z]{5,20}", facts.mark_no):
        found.append(Unmet("brand.mark_no", "商标注册号是 5 到 20 位数字或字母。", help="对照商标注册证；没有就留空。"))
    if facts.gi_no and not re.fullmatch(r"[0-9A-Z\-]{5,24}", facts.gi_no):
        found.append(Unmet("brand.gi_no", "地理标志编号只有数字、字母和横线。", help="对照证书；没有就留空。"))
    if (facts.mark_kind or facts.mark_until) and not facts.mark_no:
        found.append(
            Unmet("brand.mark_no_missing", "写了商标类型或有效期，就要写注册号。", help="没有注册号时两项都留空。")
        )
    return found


def printable(facts: BrandFacts) -> list[tuple[str, str]]:
    """The facts that are known, as label and value; unknown ones do not appear at all."""
    rows = [
        ("持有人", facts.holder),
        ("商标注册号", facts.mark_no),
        ("商标类型", MARK_KINDS[facts.mark_kind] if facts.mark_kind else ""),
        ("商标有效期", f"至 {facts.mark_until.isoformat()}" if facts.mark_until else ""),
        ("使用地域", facts.area),
        ("地理标志编号", facts.gi_no),
    ]
    return [(label, value) for label, value in rows if value]
