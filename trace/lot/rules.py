"""Lots: their workflow, quantities, numbers, and every gate before sealing (pure).

Mass balance: what came in by a lot's edges = its mass + packing loss; what is left = mass − used − written off,
never below nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from core.errors import Unmet
from core.workflow.table import Move, State, Workflow
from trace.season.rules import (
    ART_27,
    Ban,
    Interval,
    JournalEntry,
    holds_personal_data,
    unmet_bans,
    unmet_intervals,
)

ART_39 = "农产品质量安全法第三十九条"
LAW = "农产品质量安全法"
TRUST_6 = "公开记录不含个人信息"
MAX_PIECES = 10_000_000
Tone = Literal["ok", "absent", "bad"]
DEEDS = {
    "receive": "采收入库",
    "outside": "外购入库",
    "pack": "装箱",
    "grade": "分级",
    "split": "分批",
    "merge": "并批",
    "repack": "改装",
    "loss": "损耗",
    "sample": "抽样",
    "destroy": "销毁",
    "send": "发货",
    "arrive": "收货",
    "reversal": "冲正",
}
LOSSES = {
    "loss": "损耗",
    "waste": "分级剔除",
    "sample": "抽样",
    "destroy": "销毁",
    "transit": "途中短少",
    "damage": "到货破损",
}


def _nothing_taken(facts: LotFacts) -> list[Unmet]:
    unmet = []
    if facts.used_g:
        unmet.append(
            Unmet(
                "trace.lot.used",
                "这批已经有一部分装进了别的批次或发了货，不能作废。",
                help="先作废用到它的批次，再作废这一批。",
                who="本单位经办员",
            )
        )
    if facts.lost_g:
        unmet.append(
            Unmet(
                "trace.lot.lost",
                f"这批已经记了 {kg(facts.lost_g)} kg 损耗，不能作废。",
                help="损耗记错了，先冲正那一笔。",
                who="本单位经办员",
            )
        )
    return unmet


def gates(facts: LotFacts) -> list[Unmet]:
    """Every gate before sealing that is not passed."""
    return [unmet for line in checks(facts) for unmet in line.unmet]


LOT = Workflow(
    key="trace.lot",
    label="批次",
    states=[
        State("open", "未封存", "none"),
        State("sealed", "已封存", "ok"),
        State("held", "停售", "bad"),
        State("withdrawn", "记录已撤回", "bad", final=True),
        State("cancelled", "已作废", "none", final=True),
    ],
    initial="open",
    moves=[
        Move("seal", "封存", ["open"], "sealed", "trace.lot.seal", by="owner", guards=[gates], irreversible=True, who="封存单位负责人"),
        Move("withdraw", "撤回记录", ["sealed", "held"], "withdrawn", "trace.lot.seal", by="owner", reason=True, irreversible=True, who="封存单位负责人"),
        Move("cancel", "作废", ["open"], "cancelled", "trace.lot.make", by="owner", guards=[_nothing_taken], reason=True, irreversible=True, who="本单位经办员"),
        Move("hold", "停售", ["sealed"], "held", "trace.lot.hold", by="office", reason=True, who="商务局检查"),
        Move("release", "恢复", ["held"], "sealed", "trace.lot.hold", by="office", reason=True, not_same_person_as=["hold"], who="商务局检查"),
    ],
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlotFacts:
    """A plot × season that feeds a lot, as the gates read it."""

    plot: str
    season: str
    species: str
    village: str
    has_point: bool
    entries: Sequence[JournalEntry] = ()
    harvested_on: Sequence[date] = ()
    taken_g: dict[date, int] = field(default_factory=dict)
    harvested_g: dict[date, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """A test report upstream of a lot."""

    report_no: str
    laboratory: str
    reported_on: date
    judgements: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class LotFacts:
    """Everything the gates of one lot read, taken under its row lock."""

    mass_g: int
    packing_loss_g: int
    used_g: int
    lost_g: int
    incoming_g: int
    plots: Sequence[PlotFacts] = ()
    bans: Sequence[Ban] = ()
    intervals: Sequence[Interval] = ()
    certificate_no: str = ""
    tests: Sequence[ReportFacts] = ()
    licence_no: str = ""
    free_texts: Sequence[str] = ()
    made_on: date | None = None
    packed: bool = False
    is_part: bool = False
    outside: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line of the list before sealing: passed, absent (told, not required), or bad with what is unmet."""

    key: str
    tone: Tone
    statement: str
    note: str = ""
    unmet: tuple[Unmet, ...] = ()


def _line(key: str, good: str, note: str, unmet: Sequence[Unmet], bad: str) -> CheckLine:
    if unmet:
        return CheckLine(key, "bad", bad, unmet[0].message, tuple(unmet))
    return CheckLine(key, "ok", good, note)


def kg(grams: int) -> str:
    """Grams as kilograms with thousands marks, exact."""
    whole = Decimal(grams) / 1000
    return f"{whole.normalize():,f}"


def in_kg(grams: int) -> int | Decimal:
    """Grams as a number of kilograms, an integer where it is whole."""
    return grams // 1000 if grams % 1000 == 0 else (Decimal(grams) / 1000).normalize()


def checks(facts: LotFacts) -> list[CheckLine]:
    """Every gate of a lot in the order a person works through them; what is only told has tone ``absent``."""
    return [
        _origin(facts),
        _journal(facts),
        _quantity(facts),
        _intervals(facts),
        _banned(facts),
        _tests(facts),
        _certificate(facts),
        _licence(facts),
        *_personal(facts),
    ]


def _origin(facts: LotFacts) -> CheckLine:
    unmet = []
    if facts.is_part:
        unmet.append(
            Unmet(
                "seal.part", "这是从别的单位收进来的一部分，原批次由它的封存单位封存。", "",
                "装箱或分级成本单位自己的批次，再封存那一批。", "本单位经办员",
            )
        )  # fmt: skip
    unmet += [
        Unmet(
            "seal.outside", f"原料里有从平台外购进的果品：{source}。", ART_27,
            "外购果品没有本县地块和生产记录，不能写进封存记录；分开装箱再封存。", "本单位经办员",
        )
        for source in facts.outside
    ]  # fmt: skip
    if not facts.plots and not facts.outside:
        unmet.append(
            Unmet("seal.origin", "这批没有连到地块。", ART_27, "从生产季采收入库，再由入库的批次装箱。", "本单位经办员")
        )
    for plot in facts.plots:
        if not plot.village:
            unmet.append(
                Unmet("seal.village", f"地块 {plot.plot} 没有写村。", ART_27, "到地块页补上乡镇和村。", "本单位经办员")
            )
        if not plot.has_point:
            unmet.append(
                Unmet(
                    "seal.point",
                    f"地块 {plot.plot} 没有位置。",
                    "",
                    "到地块页补上经纬度，对外只公开到约 1 公里。",
                    "本单位经办员",
                )
            )
    names = "、".join(sorted({p.plot for p in facts.plots}))
    return _line("origin", "地块、产地齐全", names, unmet, "产地还不齐")


def _journal(facts: LotFacts) -> CheckLine:
    unmet = []
    for plot in facts.plots:
        kept = [e for e in plot.entries if e.kind != "harvest"]
        if not kept:
            unmet.append(
                Unmet(
                    "seal.journal", f"生产季 {plot.season} 还没有生产记录。", ART_27,
                    "记下用过的投入品、病虫害或农事；什么都没用，也记一条农事。", "本单位经办员",
                )
            )  # fmt: skip
        if not plot.harvested_on:
            unmet.append(
                Unmet("seal.harvest", f"生产季 {plot.season} 没有采收日期。", ART_27, "先记采收。", "本单位经办员")
            )
    count = sum(len([e for e in p.entries if e.kind != "harvest"]) for p in facts.plots)
    return _line("journal", "生产记录齐全", f"{count} 条", unmet, "生产记录还不齐")


def _quantity(facts: LotFacts) -> CheckLine:
    unmet = []
    out = facts.mass_g + facts.packing_loss_g
    if facts.mass_g <= 0:
        unmet.append(Unmet("seal.quantity", "这批的数量是 0。", "", "作废后重新建批次。", "本单位经办员"))
    if facts.incoming_g != out:
        unmet.append(
            Unmet(
                "seal.balance", f"进出对不上：进 {kg(facts.incoming_g)} kg，出 {kg(out)} kg。", ART_27,
                "作废这一批，按实际数量重新装箱。", "本单位经办员",
            )
        )  # fmt: skip
    for plot in facts.plots:
        for day, taken in sorted(plot.taken_g.items()):
            had = plot.harvested_g.get(day, 0)
            if taken > had:
                unmet.append(
                    Unmet(
                        "seal.harvest_balance",
                        f"{plot.season} 在 {day:%m-%d} 采收 {kg(had)} kg，入库却有 {kg(taken)} kg。",
                        ART_27, "核对采收记录，少记的补上，记错的更正。", "本单位经办员",
                    )
                )  # fmt: skip
    if facts.packed and (facts.used_g or facts.lost_g):
        unmet.append(
            Unmet(
                "seal.partly_used", "这批已经有一部分用掉或损耗了，封存的件数会对不上。", ART_27,
                "只封存装成的那一批；要封存这一批，先作废用到它的批次。", "本单位经办员",
            )
        )  # fmt: skip
    note = f"进 {kg(facts.incoming_g)} kg = 成品 {kg(facts.mass_g)} kg + 损耗 {kg(facts.packing_loss_g)} kg"
    return _line("quantity", "采收日期、数量对得上", note, unmet, "数量对不上")


def _intervals(facts: LotFacts) -> CheckLine:
    unmet = unmet_intervals(facts.intervals)
    if not facts.intervals:
        return _line("interval", "没有用过农药", "生产记录里没有农药", unmet, "")
    tightest = min(facts.intervals, key=lambda i: i.actual - i.required)
    note = f"{tightest.name}要求 {tightest.required} 天，实际 {tightest.actual} 天"
    return _line("interval", "安全间隔期已满", note, unmet, "安全间隔期没满")


def _banned(facts: LotFacts) -> CheckLine:
    from trace.season.rules import banned

    unmet: list[Unmet] = []
    for plot in facts.plots:
        for entry in plot.entries:
            if entry.kind == "input":
                hits = banned(entry.input_name, facts.bans, species=plot.species, on=entry.done_on)
                unmet.extend(unmet_bans(entry.input_name, entry.done_on, hits))
    return _line("banned", "没有禁用物质", "按使用当天的禁用名录核对", unmet, "记录里有禁用物质")


def _tests(facts: LotFacts) -> CheckLine:
    if not facts.tests:
        return CheckLine("tests", "absent", "没有检测报告", "可以封存，页面上写“未提供”。")
    unmet = [
        Unmet(
            "seal.test_failed", f"检测报告 {t.report_no} 里，{substance}{label}。", LAW,
            "这批不能上市，请联系县农业农村部门处理。", "本单位负责人",
        )
        for t in facts.tests
        for substance, judgement in t.judgements
        if (label := {"over": "超过限量", "banned_detected": "属于检出禁用物质"}.get(judgement))
    ]  # fmt: skip
    last = max(facts.tests, key=lambda t: t.reported_on)
    items = sum(len(t.judgements) for t in facts.tests)
    return _line(
        "tests",
        "检测报告已登记",
        f"{last.laboratory}，{last.reported_on:%m-%d} 出具，共 {items} 项",
        unmet,
        "检测没有通过",
    )


def _certificate(facts: LotFacts) -> CheckLine:
    if facts.certificate_no:
        return CheckLine("certificate", "ok", "承诺达标合格证已开", facts.certificate_no)
    unmet = Unmet("seal.certificate", "承诺达标合格证还没开。", ART_39, "先开合格证，约 1 分钟。", "本单位经办员")
    return CheckLine("certificate", "bad", "承诺达标合格证还没开", "鲜果上市前必须附合格证", (unmet,))


def _licence(facts: LotFacts) -> CheckLine:
    if facts.licence_no:
        return CheckLine("licence", "ok", "品牌授权有效", facts.licence_no)
    return CheckLine("licence", "absent", "没有品牌授权", "可以封存，但不能印“猗顿农品”标志，页面上写“未提供”。")


def _personal(facts: LotFacts) -> list[CheckLine]:
    if not any(holds_personal_data(text) for text in facts.free_texts):
        return []
    unmet = Unmet(
        "seal.personal_data",
        "公开内容里像有电话或身份证号码。",
        TRUST_6,
        "到生产记录里更正那一条，删去个人信息。",
        "本单位经办员",
    )
    return [CheckLine("personal", "bad", "公开内容里有个人信息", unmet.message, (unmet,))]
