"""Requests are filled in, sent, agreed to and decided; the change itself is ``core.organisation.changes``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, BinaryIO

from admin.change import queries, rules
from admin.change.errors import ChangeNotFound
from admin.change.models import Change
from admin.change.rules import CHANGE, ChangeFacts
from admin.lease import queries as leases
from core import clock, identifiers, numbers
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Conflict, Denied, DomainError
from core.file.service import store
from core.notice.service import send, send_to_desk
from core.organisation import changes as identity
from core.organisation import queries as organisations
from core.record.service import record
from core.workflow.engine import MoveContext, fire
from core.workflow.table import Move

Upload = tuple[BinaryIO | bytes, str]


def ask(
    kind: str, actor: Actor, *, new_name: str = "", new_code: str = "", into_code: str = "", basis: str = "",
    file: Upload | None = None,
) -> Change:  # fmt: skip
    """Afterwards a draft of the actor's organisation stands; one request is open at a time."""
    if actor.organisation_id is None or not actor.can(rules.ASK):
        raise Denied("变更由企业负责人申请。", help="请换成本单位负责人的身份。")
    if kind not in rules.KINDS:
        raise BadInput("请选变更的种类。", code="change.kind", field="kind")
    year = clock.today().year
    change = Change(
        case_no=f"BG-{year}-{numbers.gap_free('identity_change', year):03d}",
        organisation_id=actor.organisation_id,
        kind=kind,
    )
    db.session.add(change)
    db.session.flush()  # one open request an organisation
    record("change.asked", change, actor, kind=kind)
    fill_in(change, actor, new_name=new_name, new_code=new_code, into_code=into_code, basis=basis, file=file)
    return change


def fill_in(
    change: Change, actor: Actor, *, new_name: str = "", new_code: str = "", into_code: str = "", basis: str = "",
    file: Upload | None = None,
) -> None:  # fmt: skip
    """Afterwards the draft holds what was typed, in canonical form; an agreement given before does not hold any more."""
    if change.organisation_id != actor.organisation_id or not actor.can(rules.ASK):
        raise ChangeNotFound()
    lock(change)
    if change.state not in ("draft", "returned"):
        raise Conflict("申请已经提交，内容不能改。", code="change.not_editable", help="等经办人退回补正以后再改。")
    change.new_name = _text("new_name", new_name, 60) if change.kind == "name" else ""
    change.new_code = identifiers.check_uscc(new_code, "new_code") if change.kind == "code" and new_code else ""
    change.into_id = _other(into_code, actor) if change.kind == "merge" and into_code else None
    change.basis, change.agreed_at = _text("basis", basis, 200), None
    if file is not None:
        stream, filename = file
        data = stream if isinstance(stream, bytes) else stream.read()
        kind = "document" if data.startswith(b"%PDF") else "picture"
        change.file_id = store(data, filename, kind=kind, owner_organisation_id=actor.organisation_id, actor=actor).id
    change.version += 1
    record("change.filled", change, actor)
    db.session.flush()


def _text(field: str, typed: str, limit: int) -> str:
    text = identifiers.normalise_text(typed)
    if len(text) > limit:
        raise BadInput(f"最多 {limit} 字，现在是 {len(text)} 字。", code="input.too_long", field=field)
    if identifiers.looks_like_resident_id(text):
        raise BadInput("这里像是有身份证号，平台不收集，请删去。", code="input.resident_id", field=field)
    return text


def _other(typed: str, actor: Actor) -> int:
    try:
        found = organisations.get_by_code(typed)
    except DomainError as wrong:
        raise BadInput(wrong.message, code="change.into", field="into_code", help=wrong.help) from wrong
    if found.id == actor.organisation_id or found.kind != "enterprise" or not found.is_active:
        raise BadInput("接收单位要是另一家在册的企业或合作社。", code="change.into", field="into_code")
    return found.id


def load_facts(change: Change, _move: Move, _actor: Actor, _now: datetime, _payload: Mapping[str, Any]) -> ChangeFacts:
    """What the guards decide on, read under the row lock."""
    own = organisations.get_organisation(change.organisation_id)
    into = organisations.get_organisation(change.into_id) if change.into_id else None
    return ChangeFacts(
        kind=change.kind, name_now=own.name, new_name=change.new_name, code_now=own.code, new_code=change.new_code,
        code_taken=bool(change.new_code) and organisations.find_by_code(change.new_code) is not None,
        into_name=into.name if into else "", into_active=into.is_active if into else True,
        agreed=change.agreed_at is not None, has_paper=change.file_id is not None, basis=change.basis,
        running_lease=leases.standing(change.organisation_id) in ("running", "accepted"),
    )  # fmt: skip


def move(change: Change, key: str, actor: Actor, reason: str = "") -> None:
    """Fire a move; the engine checks who may and what is unmet."""
    if not queries.visible(change, actor):
        raise ChangeNotFound()
    fire(CHANGE, change, key, actor, reason=reason)


def on_submitted(change: Change, _ctx: MoveContext) -> None:
    """Effect: the desk is told, and the other party of a merger is asked."""
    name = organisations.get_organisation(change.organisation_id).name
    link = f"/changes/{change.public_id}"
    send_to_desk("office", title=f"{rules.KINDS[change.kind]} {change.case_no}：{name}", link=link)
    if change.into_id is not None and change.agreed_at is None:
        send(
            title=f"{name}申请并入本单位",
            body="核对合并协议，同意的请点“同意接收”。不同意的不用理会，办公室不会批准。",
            link=link,
            to_organisation_id=change.into_id,
        )


def on_agreed(change: Change, ctx: MoveContext) -> None:
    """Effect: the other party's word stands."""
    change.agreed_at = ctx.now


def on_answered(change: Change, ctx: MoveContext) -> None:
    """Effect of a return or a refusal: the asker is told, with the reason."""
    title = "变更申请请补正" if ctx.move.key == "return" else "变更申请不予办理"
    link = f"/changes/{change.public_id}"
    send(title=f"{title}：{change.case_no}", body=ctx.reason, link=link, to_organisation_id=change.organisation_id)


def on_approved(change: Change, ctx: MoveContext) -> None:
    """Effect: the identity is changed; keys, licences and pages follow in the same transaction."""
    own = organisations.get_organisation(change.organisation_id)
    change.former_name, change.former_code = own.name, own.code
    if change.kind == "name":
        identity.rename(own.id, change.new_name, basis=change.basis, actor=ctx.actor)
    elif change.kind == "code":
        identity.recode(own.id, change.new_code, basis=change.basis, actor=ctx.actor)
    elif change.into_id is not None:
        identity.merge(own.id, change.into_id, basis=change.basis, actor=ctx.actor)
    told = change.into_id if change.kind == "merge" else own.id
    send(
        title=f"已办理：{rules.KINDS[change.kind]} {change.case_no}",
        body="".join(rules.CONSEQUENCES[change.kind]),
        link=f"/changes/{change.public_id}",
        to_organisation_id=told,
    )


EFFECTS = {
    "submit": on_submitted,
    "agree": on_agreed,
    "return": on_answered,
    "refuse": on_answered,
    "approve": on_approved,
}
