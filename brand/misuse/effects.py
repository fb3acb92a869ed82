"""What the moves of a misuse case bring about: deadlines, what the party is told, measures that act at once.  Never commits."""

from __future__ import annotations

from datetime import date

from brand.licence.models import Licence
from brand.licence.rules import LICENCE
from brand.misuse import evidence, queries, rules
from brand.misuse.models import MisuseCase
from brand.misuse.rules_policy import MisuseTerms
from core import clock
from core.calendar.service import add_working_days, set_deadline
from core.db import db
from core.hooks import take_down
from core.notice.service import send, send_to_desk
from core.policy.queries import terms
from core.record.service import record
from core.workflow.engine import MoveContext, fire

AUTHORITY = "县市场监督管理局"


def _today(ctx: MoveContext) -> date:
    return clock.local(ctx.now).date()


def _runs(case: MisuseCase, purpose: str, ctx: MoveContext) -> date:
    """The last day for what runs now, by the number of the day it begins."""
    return set_deadline(case, purpose, _today(ctx), queries.working_days(purpose, _today(ctx))).due_on


def on_accepted(case: MisuseCase, ctx: MoveContext) -> None:
    """Effect: the time for finding out and telling the party runs."""
    _runs(case, "notify", ctx)


def on_notified(case: MisuseCase, ctx: MoveContext) -> None:
    """Effect: the party reads what was found and may answer for the time that is given for it."""
    case.noticed_at = ctx.now
    due = _runs(case, "hearing", ctx)
    _tell_party(
        case,
        f"告知书 {case.case_no}：涉嫌{rules.misuse_label(case.misuse)}",
        f"{ctx.reason}\n你可以在 {due} 24:00 前陈述申辩，材料可以一并交来。",
    )


def on_answered(case: MisuseCase, ctx: MoveContext) -> None:
    """Effect: the answer is frozen among the evidence, the brand office is told."""
    evidence.seal_text(case, ctx.actor, kind="statement", title="当事人的陈述申辩", content=ctx.reason)
    send_to_desk("brand_office", title=f"{case.case_no}：当事人已陈述申辩", link=f"/misuse/cases/{case.public_id}")


def on_hearing_asked(case: MisuseCase, ctx: MoveContext) -> None:
    """Effect: what the party wants heard is frozen; the hearing is held in time by another person."""
    evidence.seal_text(case, ctx.actor, kind="statement", title="听证申请", content=ctx.reason)
    due = _runs(case, "hold", ctx)
    send_to_desk(
        "brand_office",
        title=f"{case.case_no}：当事人申请听证，{due} 前举行",
        link=f"/misuse/cases/{case.public_id}",
    )
    _tell_party(case, f"{case.case_no}：已收到听证申请", f"{due} 24:00 前举行听证，由没有参加核查的人员主持。")


def on_hearing_held(case: MisuseCase, ctx: MoveContext) -> None:
    """Effect: the minutes are frozen among the evidence; the party has been heard."""
    evidence.seal_text(case, ctx.actor, kind="statement", title="听证笔录", content=ctx.reason)
    _tell_party(case, f"{case.case_no}：听证笔录已封存", "在案子的页面能看到全文。有出入的，可以再作陈述申辩。")


def on_corrected(case: MisuseCase, ctx: MoveContext) -> None:
    """Effect: the correction was looked at and stands."""
    case.corrected_at = ctx.now
    _tell_party(case, f"{case.case_no}：已核实改正", ctx.reason)


def on_proposed(case: MisuseCase, ctx: MoveContext) -> None:
    """Effect: the proposal stands with its measures; another person decides in time."""
    case.measures = [m for m in rules.MEASURES if m in ctx.facts.measures]
    _runs(case, "decide", ctx)


def on_decided(case: MisuseCase, ctx: MoveContext) -> None:
    """Effect: the decision stands and acts: listing taken down, licence suspended or withdrawn; the party is told."""
    case.decision, case.decided_at = ctx.reason.strip(), ctx.now
    done = []
    if "take_down" in case.measures:
        reason = f"{case.case_no}：{rules.misuse_label(case.misuse)}{rules.MARKS[case.mark]}。"
        answers = [hook(kind=case.subject_kind, key=case.subject_key, reason=reason) for hook in take_down]
        done.append("商品已下架" if any(answers) else "商品当时已不在售")
    if "refer" in case.measures:
        evidence.hand_over(case, ctx.actor, AUTHORITY)
        done.append(f"证据清单和指纹已移交{AUTHORITY}")
    done += [_act_on_licence(case, key, ctx) for key in ("suspend", "withdraw") if key in case.measures]
    case.outcome = "；".join(done)
    if "none" not in case.measures:
        _runs(case, "publication", ctx)
    until = ""
    if "correct" in case.measures:
        due = _runs(case, "correct", ctx)
        until = f"\n请在 {due} 24:00 前改正，改好后告诉品牌办公室核实。"
    _tell_party(
        case, f"决定书 {case.case_no}：{rules.measure_words(case.measures)}",
        case.decision + until + "\n不服的，可以向品牌办公室的上级机关反映，或依法寻求救济。",
    )  # fmt: skip


def _act_on_licence(case: MisuseCase, move: str, ctx: MoveContext) -> str:
    licence = db.session.get_one(Licence, case.licence_id)
    word = "暂停" if move == "suspend" else "撤销"
    if move not in {m.key for m in LICENCE.moves_from(licence.state)}:
        return f"授权 {licence.licence_no} 当时是“{LICENCE.label_of(licence.state)}”，没有再{word}"
    fire(LICENCE, licence, move, ctx.actor, reason=f"{case.case_no}：{case.decision}")
    return f"授权 {licence.licence_no} 已{word}"


def on_published(case: MisuseCase, ctx: MoveContext) -> None:
    """Effect: anybody may read the decision from today until the last day of publication."""
    with db.session.no_autoflush:  # both days stand before the state is written
        case.published_on = _today(ctx)
        case.published_until = add_working_days(
            case.published_on, terms(MisuseTerms, on=case.published_on).shown_wd
        ).date


def on_closed(case: MisuseCase, ctx: MoveContext) -> None:
    """Effect of ending without a decision or publication: nothing more to do than to keep why."""
    record("misuse.ended", case, ctx.actor, state=case.state)
    if case.noticed_at is not None:
        _tell_party(case, f"{case.case_no}：{rules.MISUSE_CASE.label_of(case.state)}", ctx.reason)


EFFECTS = {
    "accept": on_accepted,
    "notify": on_notified,
    "answer": on_answered,
    "ask_hearing": on_hearing_asked,
    "hold_hearing": on_hearing_held,
    "note_correction": on_corrected,
    "propose": on_proposed,
    "decide": on_decided,
    "publish": on_published,
    "close": on_closed,
    "dismiss": on_closed,
}


def _tell_party(case: MisuseCase, title: str, body: str) -> None:
    if case.party_id is not None:
        send(title=title, body=body, link=f"/misuse/cases/{case.public_id}", to_organisation_id=case.party_id)
