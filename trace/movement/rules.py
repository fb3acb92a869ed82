"""Shipments: their workflow, and how the receiver's answer splits each line (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import BadInput, RuleBroken, Unmet
from core.workflow.table import Move, State, Workflow
from trace.lot.rules import kg

SHIPMENT = Workflow(
    key="trace.movement",
    label="发货单",
    states=[
        State("in_transit", "在途", "busy"),
        State("received", "已收货", "ok"),
        State("differs", "已收货，有差异", "todo"),
        State("refused", "全部拒收", "bad"),
        State("void", "已撤销", "none", final=True),
    ],
    initial="in_transit",
    moves=[
        Move("receive", "收货", ["in_transit"], "received", "trace.movement.receive", by="owner", who="收货单位经办员"),
        Move("receive_differing", "收货，有差异", ["in_transit"], "differs", "trace.movement.receive", by="owner", who="收货单位经办员"),
        Move("refuse", "全部拒收", ["in_transit"], "refused", "trace.movement.receive", by="owner", reason=True, who="收货单位经办员"),
        Move("void", "撤销发货", ["in_transit"], "void", "trace.movement.send", by="owner", reason=True, irreversible=True, who="发货单位经办员"),
        Move("reopen", "冲正收货", ["received", "differs", "refused"], "in_transit", "trace.movement.receive", by="owner", reason=True, who="收货单位经办员"),
    ],
)  # fmt: skip
ART_ONE_BACK = "NY/T 4712-2025 来源和去向"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver says of one line, in grams; the four parts sum to what was sent."""

    taken_g: int
    damaged_g: int
    short_g: int
    refused_g: int

    @property
    def arrived_g(self) -> int:
        """What changes hands: good and damaged."""
        return self.taken_g + self.damaged_g

    @property
    def whole(self) -> bool:
        return not (self.damaged_g or self.short_g or self.refused_g)


def answer(
    sent_g: int, *, damaged_g: int = 0, short_g: int = 0, refused_g: int = 0, what: str, step_g: int = 1
) -> Answer:
    """The line's split: what is neither damaged, short nor refused was taken; RuleBroken where more is told than sent."""
    parts = {"damaged": damaged_g, "short": short_g, "refused": refused_g}
    if any(grams < 0 for grams in parts.values()):
        raise BadInput(f"{what}的数量不能是负数。", code="movement.negative", field="lines")
    if step_g > 1 and any(grams % step_g for grams in parts.values()):
        raise BadInput(
            f"{what}按件收货，破损、短少、拒收都要是 {kg(step_g)} kg 的整数倍。",
            code="movement.whole_pieces",
            field="lines",
        )
    told = sum(parts.values())
    if told > sent_g:
        raise RuleBroken(
            unmet=[
                Unmet(
                    "movement.more_than_sent",
                    f"{what}发了 {kg(sent_g)} kg，破损、短少、拒收合起来却有 {kg(told)} kg。",
                    ART_ONE_BACK,
                    "核对过磅单，把数量改少。",
                    "收货单位经办员",
                )
            ],
            field="lines",
        )
    return Answer(sent_g - told, damaged_g, short_g, refused_g)


def move_of(answers: Sequence[Answer]) -> str:
    """Which move of the workflow the answers make."""
    if all(a.arrived_g == 0 and a.short_g == 0 for a in answers):
        return "refuse"
    return "receive" if all(a.whole for a in answers) else "receive_differing"
