"""How brands may hang together, and what may be printed about them (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from core.errors import Unmet

LEVELS = {"regional": "区域公用品牌", "county": "县域品牌", "enterprise": "企业品牌", "product": "产品系列"}
PARENT_LEVELS: dict[str, frozenset[str]] = {
    "regional": frozenset(),
    "county": frozenset({"regional"}),
    "enterprise": frozenset({"regional", "county"}),
    "product": frozenset({"enterprise"}),
}
PUBLIC_LEVELS = frozenset({"regional", "county"})
MARK_KINDS = {"": "未填", "ordinary": "普通商标", "collective": "集体商标", "certification": "证明商标"}
KEY_SHAPE = re.compile(r"[a-z][a-z0-9-]{1,39}")
NAME_LIMIT, TEXT_LIMIT = 20, 600
EN_NAME_LIMIT, EN_TEXT_LIMIT, STORY_LIMIT, EN_STORY_LIMIT = 60, 1500, 3000, 6000
LAST_CLASS = 45  # Nice classification: 1 to 34 goods, 35 to 45 services


@dataclass(frozen=True, slots=True)
class BrandFacts:
    """Facts of a brand that the bureau fills in; an empty one is not printed (facts 2.4)."""

    holder: str = ""
    mark_no: str = ""
    mark_kind: str = ""
    mark_until: date | None = None
    area: str = ""
    gi_no: str = ""
    mark_classes: tuple[int, ...] = ()
    mark_from: date | None = None
    source: str = ""
    checked_on: date | None = None


@dataclass(frozen=True, slots=True)
class Texts:
    """What is told about a brand; the English half may be empty."""

    introduction: str = ""
    name_en: str = ""
    introduction_en: str = ""
    story: str = ""
    story_en: str = ""


TEXT_LIMITS = {
    "introduction": ("介绍", TEXT_LIMIT),
    "name_en": ("英文名", EN_NAME_LIMIT),
    "introduction_en": ("英文介绍", EN_TEXT_LIMIT),
    "story": ("品牌故事", STORY_LIMIT),
    "story_en": ("英文品牌故事", EN_STORY_LIMIT),
}


def place_faults(level: str, parent_level: str | None, *, has_owner: bool) -> list[Unmet]:
    """Every reason why a brand of ``level`` cannot hang below a brand of ``parent_level``."""
    found = []
    if level not in LEVELS:
        return [Unmet("brand.level", "没有这一级品牌。", help="从四级里选一级。")]
    allowed = PARENT_LEVELS[level]
    if (parent_level is None) != (not allowed) or (parent_level is not None and parent_level not in allowed):
        above = "、".join(label for key, label in LEVELS.items() if key in allowed)
        said = (
            f"{LEVELS[level]}的上级只能是：{above}。" if above else f"{LEVELS[level]}是最上一级，不挂在别的品牌下面。"
        )
        found.append(
            Unmet(
                "brand.parent",
                said,
                "方案第五部分（四）1",
                "换一个上级，或换一级。",
            )
        )
    if has_owner == (level in PUBLIC_LEVELS):
        found.append(
            Unmet(
                "brand.owner",
                "企业品牌要有所属企业，公用品牌不能归某一家企业。",
                "方案第五部分（四）1",
                "企业品牌由企业自己登记；公用品牌由品牌办公室登记。",
            )
        )
    return found


def read_classes(text: str) -> tuple[int, ...]:
    """Nice classes typed as ``29、31`` in rising order, each once; ValueError with what to change."""
    parts = [p for p in re.split(r"[\s,，、;；第类]+", text) if p]
    if any(not re.fullmatch(r"\d{1,2}", p) or not 1 <= int(p) <= LAST_CLASS for p in parts):
        raise ValueError(f"商标类别是 1 到 {LAST_CLASS} 的数字，用顿号隔开，例如 29、31。")
    return tuple(sorted({int(p) for p in parts}))


def class_text(classes: tuple[int, ...]) -> str:
    """Nice classes as printed: ``第 29、31 类``; nothing where none is known."""
    return f"第 {'、'.join(map(str, classes))} 类" if classes else ""


def text_faults(name: str, introduction: str, facts: BrandFacts) -> list[Unmet]:
    """Every fault in what is to be shown about a brand."""
    found = []
    if not 2 <= len(name) <= NAME_LIMIT:
        found.append(Unmet("brand.name", f"品牌名要 2 到 {NAME_LIMIT} 个字。", help="写商标或品牌本身，不带修饰语。"))
    found += telling_faults(Texts(introduction=introduction))
    if facts.mark_kind not in MARK_KINDS:
        found.append(Unmet("brand.mark_kind", "没有这种商标类型。", help="从列表里选。"))
    if facts.mark_no and not re.fullmatch(r"[0-9A-Z]{5,20}", facts.mark_no):
        found.append(Unmet("brand.mark_no", "商标注册号是 5 到 20 位数字或字母。", help="对照商标注册证；没有就留空。"))
    if facts.gi_no and not re.fullmatch(r"[0-9A-Z\-]{5,24}", facts.gi_no):
        found.append(Unmet("brand.gi_no", "地理标志编号只有数字、字母和横线。", help="对照证书；没有就留空。"))
    if (facts.mark_kind or facts.mark_until or facts.mark_from or facts.mark_classes) and not facts.mark_no:
        found.append(
            Unmet(
                "brand.mark_no_missing", "写了商标类型、类别或日期，就要写注册号。", help="没有注册号时这几项都留空。"
            )
        )
    if facts.mark_from and facts.mark_until and facts.mark_until <= facts.mark_from:
        found.append(Unmet("brand.mark_term", "商标有效期的止日要在注册日之后。", help="对照商标注册证改日期。"))
    return found


def telling_faults(texts: Texts) -> list[Unmet]:
    """Every text that is too long, by its Chinese name."""
    return [
        Unmet(f"brand.{key}", f"{label}最多 {limit} 字，现在是 {len(value)} 字。", help="删短后再保存。")
        for key, (label, limit) in TEXT_LIMITS.items()
        if len(value := getattr(texts, key)) > limit
    ]


def printable(facts: BrandFacts) -> list[tuple[str, str]]:
    """The facts that are known, as label and value; unknown ones do not appear at all."""
    first, last = facts.mark_from, facts.mark_until
    term = f"{first.isoformat()} 至 {last.isoformat()}" if first and last else f"至 {last.isoformat()}" if last else ""
    rows = [
        ("持有人", facts.holder),
        ("商标注册号", facts.mark_no),
        ("商标类型", MARK_KINDS[facts.mark_kind] if facts.mark_kind else ""),
        ("商标类别", class_text(facts.mark_classes)),
        ("商标注册日期", first.isoformat() if first and not last else ""),
        ("商标有效期", term),
        ("使用地域", facts.area),
        ("地理标志编号", facts.gi_no),
        ("资料依据", facts.source),
        ("核对日期", facts.checked_on.isoformat() if facts.checked_on else ""),
    ]
    return [(label, value) for label, value in rows if value]


# Figures counted for a public brand, in the order they are shown: label and unit.  Each comes from rows, by a hook.
FIGURES: dict[str, tuple[str, str]] = {
    "licensees": ("获授权企业", "家"),
    "licences": ("有效授权", "份"),
    "own_brands": ("登记的企业品牌", "个"),
    "sealed_lots": ("已封存批次", "批"),
    "codes": ("已发编号", "个"),
    "visits": ("扫码次数", "次"),
    "listings": ("商城在售", "件"),
}
