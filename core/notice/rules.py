"""Kinds of case, who handles them, the limits of what is sent in, and the case workflow (pure)."""

from __future__ import annotations

from dataclasses import dataclass

from core.account.actor import Actor
from core.errors import Unmet
from core.workflow.table import Move, State, Workflow

CASE_KINDS = {
    "complaint": "产品投诉",
    "code": "扫码存疑",
    "misuse": "冒用品牌",
    "order": "订单纠纷",
    "advice": "意见建议",
    "other": "其他",
}
DESKS = {"office": "e镇办公室", "brand_office": "品牌办公室"}
_DESK_OF = {"misuse": "brand_office"}
DEADLINE = "answer"
SUBJECT_LIMIT = 80
TEXT_LIMIT = 2000
CONTACT_LIMIT = 80

HANDLE = "core.notice.handle"


def desk_of(kind: str) -> str:
    """Which desk handles a kind of case."""
    return _DESK_OF.get(kind, "office")


def handles(actor: Actor, desk: str) -> bool:
    """Whether ``actor`` sits at ``desk`` and holds the permission to handle cases."""
    return actor.is_system or (actor.can(HANDLE) and actor.organisation_kind == desk)


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the guards of a case decide on."""

    at_desk: bool
    desk: str


def at_the_desk(facts: CaseFacts) -> list[Unmet]:
    """Only the desk the case lies on may move it."""
    if facts.at_desk:
        return []
    desk = DESKS[facts.desk]
    return [Unmet("core.case.desk", f"这件事由{desk}办理。", help="请换成该单位身份再办。", who=desk)]


def answer_faults(answer: str) -> list[Unmet]:
    """An answer has 10 to 2000 characters: a person must learn what was found and what is done."""
    length = len(answer.strip())
    if 10 <= length <= TEXT_LIMIT:
        return []
    words = "答复太短，至少写 10 个字。" if length < 10 else f"答复最多 {TEXT_LIMIT} 字，现在是 {length} 字。"
    return [Unmet("core.case.answer", words, help="写清查到了什么、怎么处理、还能找谁。", who="经办人")]


CASE = Workflow(
    key="core.case",
    label="来件",
    states=[
        State("new", "新来件", "todo"),
        State("accepted", "办理中", "busy"),
        State("answered", "已答复", "ok"),
        State("closed", "已办结", "none", final=True),
    ],
    initial="new",
    moves=[
        Move("accept", "受理", ["new"], "accepted", HANDLE, guards=[at_the_desk], who="经办人"),
        Move("answer", "答复", ["accepted"], "answered", HANDLE, guards=[at_the_desk], reason=True, who="经办人"),
        Move("close", "办结", ["answered"], "closed", HANDLE, guards=[at_the_desk], who="经办人"),
    ],
)
