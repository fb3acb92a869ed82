"""After the approval: leases start and end, warnings, the handover list, leaving.  Nothing here commits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from admin.enterprise import queries, rules, rules_residence
from admin.enterprise.models import Application, Handover
from admin.lease import queries as leases
from admin.lease import service as lease_service
from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Conflict, Denied, NotFound
from core.identifiers import normalise_text
from core.notice.service import send, send_to_desk
from core.organisation import changes
from core.record.service import record
from core.workflow.engine import MoveContext

LIVING = ("approved", "resident", "probation")


def facts(application: Application, payload: Mapping[str, Any]) -> rules_residence.ResidenceFacts:
    """What the moves after the approval are decided on."""
    if application.organisation_id is None:
        return rules_residence.ResidenceFacts()
    items = handover_of(application)
    return rules_residence.ResidenceFacts(
        lease=leases.standing(application.organisation_id),
        follow_up=leases.has_follow_up(application.organisation_id),
        warning=payload.get("warning"),
        handover_opened=bool(items),
        handover_open=tuple(i.key for i in items if i.concerns and i.done_on is None),
    )


def handover_of(application: Application) -> list[Handover]:
    """The handover list in its order; empty while none was opened."""
    rows = {
        row.key: row for row in db.session.scalars(select(Handover).where(Handover.application_id == application.id))
    }
    return [rows[key] for key in rules_residence.HANDOVER if key in rows]


def open_handover(application: Application, actor: Actor) -> list[Handover]:
    """Afterwards the list of what is to be settled stands; opened once."""
    _desk(application, actor)
    lock(application)
    if application.state not in LIVING or application.organisation_id is None:
        raise Conflict("现在的状态不用交接。", code="enterprise.no_handover", help="刷新页面看看最新状态。")
    if not handover_of(application):
        had_unit = leases.standing(application.organisation_id) in ("running", "accepted")
        for key in rules_residence.handover_keys(had_unit):
            db.session.add(Handover(application_id=application.id, key=key))
        record("enterprise.handover_opened", application, actor, had_unit=had_unit)
        db.session.flush()
    return handover_of(application)


def settle(application: Application, key: str, actor: Actor, *, concerns: bool = True, note: str = "") -> Handover:
    """Afterwards the item is done today, or is of no concern with the reason."""
    _desk(application, actor)
    lock(application)
    row = next((i for i in handover_of(application) if i.key == key), None)
    if row is None or application.state not in LIVING:
        raise NotFound("交接清单里没有这一项。", help="刷新页面再看。")
    words = normalise_text(note)
    if len(words) > 200:
        raise BadInput("说明最多 200 字。", code="input.too_long", field="note")
    if not concerns and not words:
        raise BadInput(
            "不涉及的要写明原因。", code="enterprise.handover_note", field="note", help="例如：没有租用单元。"
        )
    row.concerns, row.note = concerns, words
    row.done_on, row.done_by_id = (clock.today(), actor.user_id) if concerns else (None, None)
    record("enterprise.handover_settled", application, actor, item=key, concerns=concerns)
    db.session.flush()
    return row


def _desk(application: Application, actor: Actor) -> None:
    if not actor.can(rules.SCREEN) or not queries.visible(application, actor):
        raise Denied("交接清单由e镇办公室办理。", help="请换一个身份办理。")


def on_signed(application: Application, _ctx: MoveContext) -> None:
    """Effect: the confirmed lease runs."""
    if application.organisation_id is not None:
        lease_service.start(application.organisation_id)
        _tell(application, "已签租入园", "租期、面积和租金见“园区租赁”。", "/leases")


def on_warned(application: Application, ctx: MoveContext) -> None:
    """Effect of a warning or its end: the enterprise is told with the reason."""
    if ctx.move.key == "recover":
        _tell(application, "已恢复正常", ctx.reason, "/organisation")
        return
    warning = ctx.payload.get("warning") or {}
    ground = rules_residence.GROUNDS.get(warning.get("ground", ""), "")
    body = f"{ground}：{warning.get('detail', '')}。{ctx.reason}整改观察期间不能申领扶持。"
    _tell(application, "警示：进入整改观察", body, "/organisation")


def on_asked_to_leave(application: Application, ctx: MoveContext) -> None:
    """Effect: the desk opens the handover."""
    application.leave_asked_at = ctx.now
    send_to_desk(
        "office",
        title=f"申请退出：{application.name}",
        body=ctx.reason,
        link=f"/entry/cases/{application.public_id}",
    )


def on_left(application: Application, ctx: MoveContext) -> None:
    """Effect: leases end; with its last application the organisation itself has left, keys and licences with it."""
    organisation_id = application.organisation_id
    if organisation_id is None:
        return
    lease_service.end_all(organisation_id)
    db.session.flush()
    if not queries.other_living(application):
        reason = ctx.reason.strip() or "企业申请退出，交接已办完"
        changes.leave(organisation_id, reason=reason, actor=ctx.actor)


def _tell(application: Application, title: str, body: str, link: str) -> None:
    send(title=title, body=body, link=link, to_organisation_id=application.organisation_id)
