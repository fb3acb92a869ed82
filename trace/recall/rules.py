"""The recall: its workflow, its scope, what it must account for, what the public is told (pure).

Every gram of every lot in scope ends in one of five places: still with the enterprise, returned, destroyed, eaten or sold
on (nobody can bring it back), or not accounted for.  A recall is closed when nothing is left in the last one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.errors import BadInput, Unmet
from core.identifiers import normalise_text
from core.workflow.table import Move, State, Workflow
from trace.lot.rules import kg as kg
from trace.season.rules import holds_personal_data

LEVELS = {
    "one": ("一级", "已经或可能造成严重健康损害"),
    "two": ("二级", "可能造成一般健康损害"),
    "three": ("三级", "标签、数量等不符，不影响健康"),
}
RECOVERIES = {
    "kept": "封存在库",
    "returned": "顾客退回",
    "destroyed": "无害化处理",
    "consumed": "已食用或无法收回",
}
CHANNELS = {"sms": "短信", "inbox": "站内消息", "": "联系不上", "manual": "电话或当面"}
MAX_LOTS = 20_000


@dataclass(frozen=True, slots=True)
class LotLine:
    """One lot in scope: grams that existed when the recall began, grams sold, and grams accounted for by where they are."""

    lot_id: int
    lot_no: str
    mass_g: int
    gone_g: int
    kept_g: int = 0
    returned_g: int = 0
    destroyed_g: int = 0
    consumed_g: int = 0

    @property
    def accounted_g(self) -> int:
        """Grams whose whereabouts are written down."""
        return self.kept_g + self.returned_g + self.destroyed_g + self.consumed_g

    @property
    def open_g(self) -> int:
        """Grams nobody has accounted for."""
        return self.mass_g - self.accounted_g


@dataclass(frozen=True, slots=True)
class RecallFacts:
    """What the guards decide on."""

    lots: Sequence[LotLine] = ()
    has_texts: bool = True
    parties: int = 0
    untold: int = 0
    summary: str = ""
    now: datetime | None = None
    elsewhere: Sequence[str] = ()


def has_scope(facts: RecallFacts) -> list[Unmet]:
    """At least one lot, none of which is in another open recall."""
    out = []
    if not facts.lots:
        out.append(Unmet("recall.scope", "还没有选要召回的批次。", help="回到召回页添加批次。", who="提出单位"))
    out += [
        Unmet("recall.elsewhere", f"{words}已在另一次召回里。", help="并到那一次，或先把它移出。", who="提出单位")
        for words in facts.elsewhere
    ]
    return out


def has_words(facts: RecallFacts) -> list[Unmet]:
    """The public must read what happened, what to do, how the money comes back, and whom to call."""
    if facts.has_texts:
        return []
    return [
        Unmet(
            "recall.texts",
            "还没有写全给消费者看的话：原因、怎么做、怎么退款、电话。",
            help="在召回页补齐。",
            who="提出单位",
        )
    ]


def all_told(facts: RecallFacts) -> list[Unmet]:
    """Everybody who got the goods was told, or it is written down why not."""
    if not facts.untold:
        return []
    return [
        Unmet(
            "recall.untold", f"还有 {facts.untold:,} 个去向没有通知到，也没有写明原因。",
            help="逐个登记电话或当面通知，或写明联系不上的原因。", who="提出单位",
        )
    ]  # fmt: skip


def all_accounted(facts: RecallFacts) -> list[Unmet]:
    """Every gram in scope is somewhere; every lot with an open amount is named."""
    out = []
    for lot in facts.lots:
        if lot.open_g > 0:
            out.append(
                Unmet(
                    "recall.open", f"批次 {lot.lot_no} 还有 {kg(lot.open_g)} kg 没有下落。",
                    help="登记在库、退回、处理或无法收回的数量。", who="提出单位",
                )
            )  # fmt: skip
        elif lot.open_g < 0:
            out.append(
                Unmet(
                    "recall.over", f"批次 {lot.lot_no} 登记的数量比这批多 {kg(-lot.open_g)} kg。",
                    help="冲销多记的一笔。", who="提出单位",
                )
            )  # fmt: skip
    return out


def has_summary(facts: RecallFacts) -> list[Unmet]:
    """A report says in words what was done and what will change."""
    if len(facts.summary.strip()) >= 20:
        return []
    return [
        Unmet(
            "recall.summary", "还没有写召回总结（至少 20 个字）：原因查明了没有，怎么处理的，以后怎么防止。",
            help="在召回页填写总结。", who="提出单位负责人",
        )
    ]  # fmt: skip


RECALL = Workflow(
    key="trace.recall",
    label="召回",
    states=[
        State("draft", "拟召回", "none"),
        State("proposed", "待批准", "busy"),
        State("running", "召回中", "bad"),
        State("reported", "待核定", "busy"),
        State("closed", "已结束", "ok", final=True),
        State("refused", "不予召回", "none", final=True),
    ],
    initial="draft",
    moves=[
        Move("propose", "提出召回", ["draft"], "proposed", "trace.recall.propose", by="owner", guards=[has_scope, has_words], who="企业负责人或经办员"),
        Move("order", "责令召回", ["draft"], "proposed", "trace.recall.order", by="office", guards=[has_scope, has_words], who="商务局"),
        Move("approve", "批准召回", ["proposed"], "running", "trace.recall.approve", by="office", guards=[has_scope, has_words], not_same_person_as=["order"], irreversible=True, who="商务局另一名经办"),
        Move("refuse", "不予召回", ["proposed"], "refused", "trace.recall.approve", by="office", reason=True, not_same_person_as=["order"], who="商务局另一名经办"),
        Move("widen", "扩大范围", ["running"], "=", "trace.recall.approve", by="office", guards=[has_scope], reason=True, who="商务局"),
        Move("report", "提交总结", ["running"], "reported", "trace.recall.report", by="owner", guards=[all_told, all_accounted, has_summary], who="企业负责人"),
        Move("back", "退回补办", ["reported"], "running", "trace.recall.approve", by="office", reason=True, who="商务局"),
        Move("close", "核定结束", ["reported"], "closed", "trace.recall.approve", by="office", guards=[all_told, all_accounted], reason=True, not_same_person_as=["approve"], irreversible=True, who="商务局另一名经办"),
    ],
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Effectiveness:
    """How far a recall got: shares are of the grams that had left (``gone_g``), None where nothing had."""

    mass_g: int
    gone_g: int
    back_g: int
    destroyed_g: int
    consumed_g: int
    open_g: int
    parties: int
    told: int
    reached: int

    @property
    def recovered(self) -> float | None:
        """The share of what had left that came back or was destroyed."""
        return None if not self.gone_g else min(1.0, self.back_g / self.gone_g)

    @property
    def told_share(self) -> float | None:
        """The share of the parties that were told or written down as unreachable."""
        return None if not self.parties else self.told / self.parties


def effectiveness(lots: Sequence[LotLine], *, parties: int, told: int, reached: int) -> Effectiveness:
    """The figures of the report; a destroyed box that never left the packhouse does not count as recovered."""
    gone = sum(lot.gone_g for lot in lots)
    outside_destroyed = sum(max(0, lot.destroyed_g - max(0, lot.mass_g - lot.gone_g - lot.kept_g)) for lot in lots)
    return Effectiveness(
        mass_g=sum(lot.mass_g for lot in lots),
        gone_g=gone,
        back_g=min(gone, sum(lot.returned_g for lot in lots) + outside_destroyed),
        destroyed_g=sum(lot.destroyed_g for lot in lots),
        consumed_g=sum(lot.consumed_g for lot in lots),
        open_g=sum(max(0, lot.open_g) for lot in lots),
        parties=parties,
        told=told,
        reached=reached,
    )


def public_text(text: str, field: str, label: str, *, limit: int = 300) -> str:
    """Words that the public may read: NFC, not empty, at most ``limit`` characters, no telephone or ID number."""
    clean = normalise_text(text, multiline=True)
    if not clean:
        raise BadInput(f"还没有填{label}。", code=f"recall.{field}_missing", field=field)
    if len(clean) > limit:
        raise BadInput(f"{label}最多 {limit} 个字，现在有 {len(clean)} 个。", code=f"recall.{field}_long", field=field)
    if holds_personal_data(clean):
        raise BadInput(
            f"{label}里像有电话或身份证号码，请删去。", code="recall.personal_data", field=field,
            help="这些话会公开。电话填在“联系电话”里。",
        )  # fmt: skip
    return clean


def check_recovery(kind: str, mass_g: int, lot: LotLine) -> None:
    """BadInput where the kind is unknown, the amount is not positive, or more than the lot would be accounted for."""
    if kind not in RECOVERIES:
        raise BadInput("请选这些果子现在在哪里。", code="recall.kind", field="kind")
    if mass_g <= 0:
        raise BadInput("数量填大于 0 的公斤数。", code="recall.mass", field="mass_g")
    if mass_g > lot.open_g:
        raise BadInput(
            f"批次 {lot.lot_no} 只剩 {kg(max(0, lot.open_g))} kg 没有下落，登记不了 {kg(mass_g)} kg。",
            code="recall.more_than_left", field="mass_g", help="核对数量，或先冲销记错的一笔。",
        )  # fmt: skip


def check_due(due_on: date | None, today: date) -> date:
    """The day the enterprise reports by: from today on, within a year."""
    if due_on is None:
        raise BadInput("请填总结的期限。", code="recall.due", field="due_on")
    if due_on < today:
        raise BadInput("期限不能早于今天。", code="recall.due", field="due_on")
    if (due_on - today).days > 366:
        raise BadInput("期限最长一年。", code="recall.due", field="due_on")
    return due_on


@dataclass(frozen=True, slots=True)
class Notice:
    """What a consumer is told, in order: what happened, what to do, how the money comes back, whom to call."""

    recall_no: str
    level: str
    reason: str
    action: str
    refund: str
    phone: str
    since: date
    path: str


def message(notice: Notice, what: str) -> str:
    """The text to a buyer: no greeting, what it is, what to do, whom to call."""
    return f"{what}正在召回（{notice.recall_no}）。{notice.action}{notice.refund}电话 {notice.phone}。"
