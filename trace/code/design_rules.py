"""What a label design may be, and whether a phone will read it and the law be served (pure).

Fields wanted on packed produce: 农产品质量安全法 art. 38 (name, origin, producer, date, shelf life, grade).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.errors import BadInput, Unmet
from trace.code.layout import LINES, QUIET, SIZES, TAIL, Layout, Text, dot
from trace.code.rules import LabelFacts

ART_38 = "农产品质量安全法第三十八条"
ART_42 = "农产品质量安全法第四十二条"
MARKS = {"auto": "有授权就印，没有就不印", "on": "一定要印（没有授权时不能打印）", "off": "不印品牌标志"}
LABELS = {
    "origin": "产地", "producer": "生产者", "harvested": "采收日期", "packed": "包装日期", "lot": "批次",
    "best_before": "保质期至", "storage": "贮存方法和期限", "phone": "电话", "marks": "认证标志和编号",
}  # fmt: skip
# Reflectance of common label stock; the ink is black. Symbol contrast below 55 % is refused (ISO/IEC 15416, grade C and worse).
PAPERS = {
    "white": ("白色", "#ffffff", 0.85), "cream": ("米黄", "#f6ecd2", 0.76), "pale": ("浅绿", "#dcebd5", 0.74),
    "silver": ("亚银", "#c4c7ca", 0.56), "kraft": ("牛皮纸", "#c9a26d", 0.42), "red": ("大红", "#b3262e", 0.18),
}  # fmt: skip
INK = 0.04
LEAST_CONTRAST = 0.55
LEAST_MODULE = 0.33  # mm; below it ordinary thermal heads and old phones fail
TAIL_LENGTH = 24
NAME_LENGTH = 20
Tone = Literal["ok", "absent", "bad"]


@dataclass(frozen=True, slots=True)
class Spec:
    """One version of a design."""

    size: str = "50x30"
    lines: tuple[str, ...] = ("origin", "producer", "harvested", "packed", "lot", "marks", "storage")
    mark: str = "auto"
    tail: str = TAIL
    paper: str = "white"
    logo: str = ""
    box_carries: bool = False

    def content(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "size": self.size, "lines": list(self.lines), "mark": self.mark, "tail": self.tail, "paper": self.paper,
            "logo": self.logo, "boxCarries": self.box_carries,
        }  # fmt: skip


DEFAULT = Spec(box_carries=True)


def parse(content: Mapping[str, Any]) -> Spec:
    """The design of a stored or submitted content; BadInput names the first field that is none of the offered values."""
    spec = Spec(
        size=str(content.get("size", "")), lines=tuple(str(line) for line in content.get("lines", ())),
        mark=str(content.get("mark", "")), tail=str(content.get("tail", "")), paper=str(content.get("paper", "")),
        logo=str(content.get("logo", "") or ""), box_carries=bool(content.get("boxCarries", False)),
    )  # fmt: skip
    wrong = {
        "size": spec.size not in SIZES,
        "lines": not set(spec.lines) <= set(LINES) or len(set(spec.lines)) != len(spec.lines),
        "mark": spec.mark not in MARKS,
        "paper": spec.paper not in PAPERS,
        "tail": len(spec.tail) > TAIL_LENGTH,
    }
    for name, bad in wrong.items():
        if bad:
            raise BadInput("这一项不是可选的值。", code="code.design_field", field=name, help="回到版式页重新选。")
    return spec


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line of the check of a design."""

    tone: Tone
    statement: str
    note: str = ""
    unmet: Unmet | None = None


def contrast(paper: str) -> float:
    """Symbol contrast of black on the paper: difference of reflectances."""
    return PAPERS[paper][2] - INK


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mark the design's own words claim: the words, its label, and why no certificate of the firm bears it out ('')."""

    words: str
    label: str
    refused: str = ""
    help: str = ""


def checks(
    spec: Spec, layout: Layout, facts: LabelFacts, *, licensed: bool, claimed: Sequence[Claimed] = ()
) -> list[CheckLine]:
    """Every check of a design as it would be printed: symbol, quiet zone, contrast, law, marks, what found no room."""
    return [
        _module(layout),
        _quiet(layout),
        _contrast(spec),
        _law(spec, layout, facts),
        _mark(spec, licensed=licensed),
        *_certificates(spec, facts, claimed),
        *([_dropped(layout)] if layout.dropped else []),
    ]


def unmet(lines: list[CheckLine]) -> list[Unmet]:
    """What keeps the design from being saved."""
    return [line.unmet for line in lines if line.unmet is not None]


def _bad(rule: str, statement: str, note: str, help_: str, article: str = "") -> CheckLine:
    return CheckLine("bad", statement, note, Unmet(rule, statement, article=article, help=help_))


def _module(layout: Layout) -> CheckLine:
    size, dots = layout.qr.module, round(layout.qr.module / dot(layout.dpi))
    note = f"每个小方块 {size:.2f} mm，正好 {dots} 个打印点（{layout.dpi} dpi），二维码宽 {layout.qr.side:.1f} mm"
    if size < LEAST_MODULE:
        return _bad("code.design_module", "二维码太密，旧手机读不出", note, "换大一号的版式，或缩短批次号。")
    return CheckLine("ok", "二维码够大", note)


def quiet_modules(layout: Layout) -> float:
    """The smallest free distance around the symbol, in modules."""
    qr = layout.qr
    right = min(
        (item.x - qr.left - qr.side for item in layout.items if isinstance(item, Text) and item.x > qr.left + qr.side and item.y > qr.top - qr.side),
        default=layout.width,
    )  # fmt: skip
    below = qr.top - qr.side - (layout.serial.y + 0.74 * layout.serial.size)
    return min(qr.left, layout.height - 2.45 - qr.top, right, below) / qr.module


def _quiet(layout: Layout) -> CheckLine:
    free = quiet_modules(layout)
    if free < QUIET - 0.02:
        return _bad(
            "code.design_quiet", "二维码四周留白不够", f"最窄处 {free:.1f} 个小方块，要 4 个", "换大一号的版式。"
        )
    return CheckLine("ok", "四周留白够", f"最窄处 {free:.1f} 个小方块，标准要 4 个")


def _contrast(spec: Spec) -> CheckLine:
    share = contrast(spec.paper)
    note = f"黑色印在{PAPERS[spec.paper][0]}上，反差约 {share:.0%}"
    if share < LEAST_CONTRAST:
        return _bad(
            "code.design_contrast", "标签纸太深，反差不够", f"{note}，至少要 {LEAST_CONTRAST:.0%}", "换浅色的标签纸。"
        )
    return CheckLine("ok", "反差够", note)


def missing_fields(spec: Spec, layout: Layout, facts: LabelFacts) -> list[str]:
    """Fields article 38 wants on packed produce that this label does not carry."""
    shown = [line for line in spec.lines if LINES[line][0] not in layout.dropped]
    wanted = {"产地": "origin", "生产者": "producer", "生产日期": "packed"}
    found = [label for label, line in wanted.items() if line not in shown]
    if "best_before" not in shown and "storage" not in shown:
        found.append("保质期")
    if not facts.grade:
        found.append("质量等级")
    return found


def _law(spec: Spec, layout: Layout, facts: LabelFacts) -> CheckLine:
    missing = missing_fields(spec, layout, facts)
    if not missing:
        return CheckLine("ok", "品名、产地、生产者、日期、保质期、等级都在", ART_38)
    words = "、".join(missing)
    if spec.box_carries:
        return CheckLine("absent", f"标签上没有：{words}", "你已确认印在包装箱上")
    return _bad(
        "code.design_law", f"标签上没有：{words}", ART_38, "把这些行加上，或勾“其余法定内容印在包装箱上”。", ART_38
    )


def _mark(spec: Spec, *, licensed: bool) -> CheckLine:
    if spec.mark == "off":
        return CheckLine("ok", "不带品牌标志", "追溯码照常能用")
    if licensed:
        return CheckLine("ok", "品牌标志在授权内", "打印那天授权仍有效才印")
    if spec.mark == "on":
        return CheckLine("absent", "现在没有有效授权", "版式可以保存，授权生效以前不能打印")
    return CheckLine("absent", "现在没有有效授权，不印品牌标志", "授权生效以后自动带上")


def _certificates(spec: Spec, facts: LabelFacts, claimed: Sequence[Claimed]) -> list[CheckLine]:
    """Words that claim a mark need a certificate (冒用, 超范围, 超期), and its number beside them (无码)."""
    out = []
    for one in claimed:
        if one.refused:
            out.append(
                _bad(
                    "code.design_claim",
                    f"写了“{one.words}”，不能印",
                    one.refused,
                    one.help or "把这几个字删去。",
                    ART_42,
                )
            )
        elif "marks" not in spec.lines:
            note = f"“{one.label}”要和证书编号一起印"
            out.append(
                _bad("code.design_no_code", f"写了“{one.words}”，没有编号", note, "勾上“认证标志和编号”。", ART_42)
            )
    if "marks" not in spec.lines:
        return out
    if facts.marks:
        return [*out, CheckLine("ok", f"认证行：{facts.marks}", "只在证书覆盖的批次上印，打印那天仍有效才印")]
    return [*out, CheckLine("absent", "没有核对过的证书，不印认证行", "证书核对以后自动带上")]


def _dropped(layout: Layout) -> CheckLine:
    return CheckLine("absent", "放不下：" + "、".join(layout.dropped), "这几行让出了位置，换大一号的版式就能放下")
