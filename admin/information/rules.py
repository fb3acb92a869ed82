"""The information form, its yearly confirmation and when to remind (R82; 电子商务法 articles 27, 28; pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from admin.information.rules_policy import InformationTerms
from core.errors import Unmet

PLATFORMS = (
    "淘宝",
    "天猫",
    "京东",
    "拼多多",
    "抖音",
    "快手",
    "微信小店",
    "视频号",
    "1688",
    "本平台",
    "线下门店",
    "其他",
)
LINK = re.compile(r"https?://[A-Za-z0-9.\-]+\.[A-Za-z]{2,}(:\d{1,5})?(/[^\s<>\"']*)?")
COUNTS = {
    "staff": ("从业人数（人）", 100_000),
    "staff_local": ("其中本县（人）", 100_000),
    "land_m2": ("种植面积（平方米）", 10**9),
    "store_m3": ("冷库库容（立方米）", 10**7),
}
FIGURES = {"turnover_fen": "上年营业额", "retail_fen": "上年网络零售额", "tax_fen": "上年纳税额"}
MOST_STORES = 60


@dataclass(frozen=True, slots=True)
class Store:
    """One shop of the enterprise: where, its name, its address on the web ('' for one on a street)."""

    platform: str
    name: str
    url: str = ""


def read_stores(text: str) -> tuple[list[Store], list[Unmet]]:
    """Stores of pasted lines "平台，店名，链接", with a fault per line that cannot be read."""
    stores: list[Store] = []
    faults: list[Unmet] = []
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_STORES:
        return [], [Unmet("XX-01", f"店铺最多 {MOST_STORES} 行，现在是 {len(lines)} 行。", help="合并同一平台的小店。")]
    for number, line in enumerate(lines, start=1):
        parts = [p.strip() for p in re.split(r"[，,\t|]", line, maxsplit=2)]
        parts += [""] * (3 - len(parts))
        platform, name, url = parts
        if platform not in PLATFORMS:
            faults.append(
                Unmet(
                    "XX-02",
                    f"店铺第 {number} 行：没有“{platform[:20]}”这个平台。",
                    help="写" + "、".join(PLATFORMS) + "之一。",
                )
            )
        elif not 1 <= len(name) <= 60:
            faults.append(
                Unmet("XX-03", f"店铺第 {number} 行：还没有写店名。", help="按“平台，店名，链接”写，一行一家。")
            )
        elif platform != "线下门店" and not (LINK.fullmatch(url) and len(url) <= 300):
            faults.append(
                Unmet("XX-04", f"店铺第 {number} 行：链接要以 https:// 开头。", help="在浏览器里打开店铺，复制地址栏。")
            )
        else:
            stores.append(Store(platform, name, url))
    seen: set[tuple[str, str]] = set()
    for store in stores:
        if (store.platform, store.name) in seen:
            faults.append(
                Unmet(
                    "XX-05",
                    f"{store.platform}“{store.name}”写了两次。",
                    help="删去一行；一家单位多个店也只算一家（R85）。",
                )
            )
        seen.add((store.platform, store.name))
    return stores, faults  # fmt: skip


def data_faults(data: Mapping[str, Any]) -> list[Unmet]:
    """Numbers fit together: parts do not exceed the whole, retail does not exceed turnover (R84)."""
    found: list[Unmet] = []
    for key, (label, limit) in COUNTS.items():
        value = data.get(key)
        if value is not None and not 0 <= value <= limit:
            found.append(Unmet("XX-06", f"{label}要在 0 到 {limit:,} 之间。", help="核对单位。"))
    staff, local = data.get("staff"), data.get("staff_local")
    if staff is not None and local is not None and local > staff:
        found.append(Unmet("XX-07", "本县人数多于从业人数。", help="核对两个数。"))
    turnover, retail = data.get("turnover_fen"), data.get("retail_fen")
    if turnover is not None and retail is not None and retail > turnover:
        found.append(Unmet("R84", "网络零售额大于营业额。", help="零售额是营业额的一部分，核对两个数。"))
    return found


def missing(data: Mapping[str, Any]) -> list[Unmet]:
    """What must be there before a year is confirmed; an empty figure is 缺报, never nought."""
    found = [
        Unmet("R82", f"还没有填{label}。", "方案第五部分（十）", "没有的填 0。", "企业")
        for key, (label, _) in COUNTS.items()
        if data.get(key) is None
    ]
    found += [
        Unmet("R82", f"还没有填{label}。", "方案第五部分（十）", "没有的填 0。", "企业")
        for key, label in FIGURES.items()
        if data.get(key) is None
    ]
    return found  # fmt: skip


def due_on(year: int, terms: InformationTerms) -> date:
    """The last day to confirm the information for ``year`` (in that year); ``terms`` are those of its first day."""
    return date(year, *terms.confirm_until)


def standing(today: date, due: date, entered_on: date | None) -> str:
    """What an enterprise without this year's confirmation is called: 缺报 only who was here before the last day."""
    if today <= due:
        return f"{(due - today).days} 天内确认" if due > today else "今天截止"
    return "截止以后入驻，请尽快确认" if entered_on is not None and entered_on > due else "缺报"


def reminder_step(today: date, terms: InformationTerms) -> tuple[int, int] | None:
    """(year, days before) of the reminder that is due today at the latest, or None outside the season."""
    last = due_on(today.year, terms)
    left = (last - today).days
    fit = [step for step in terms.reminder_days if left <= step]
    return (today.year, min(fit)) if fit and left > -60 else None


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any], labels: Mapping[str, str]) -> list[str]:
    """Labels of what differs between two revisions, for the history."""
    return [label for key, label in labels.items() if before.get(key) != after.get(key)]
