"""What the enterprise does: preview and seal, add, correct, withdraw, keep its keys."""

from __future__ import annotations

import uuid
from datetime import timedelta

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import clock
from core.account.access import access, current_actor
from core.account.service import confirm_password
from core.db import db
from core.errors import BadInput, DomainError, NotFound
from core.identifiers import normalise_text
from core.ui import flash, once
from trace.log import queries as log
from trace.lot import queries as lots
from trace.signing import eventlist, external, identity, presentation, queries, rules, service
from trace.signing.forms import (
    AddendumForm,
    EventsForm,
    ExternalKeyForm,
    PlanForm,
    ReasonForm,
    RevokeForm,
    SealForm,
    UploadForm,
)
from trace.signing.permissions import KEYS, SEAL

bp = Blueprint("sealing", __name__, url_prefix="/trace", template_folder="templates")

_FORMS: dict[str, type[SealForm]] = {
    "record": SealForm,
    "correction": ReasonForm,
    "addendum": AddendumForm,
    "withdrawal": ReasonForm,
}
_BUTTONS = {"record": "封存这一批", "correction": "签署更正", "addendum": "签署补充", "withdrawal": "撤回记录"}
_DONE = {
    "record": "已封存。正在写入存证日志，通常几秒内完成。",
    "correction": "更正已签署，原来的一版仍可查看。",
    "addendum": "补充已签署。",
    "withdrawal": "记录已撤回，扫码页会先说明撤回。",
}


@bp.route("/seal/<uuid:lot_public_id>", methods=["GET", "POST"], defaults={"kind": "record"})
@bp.route("/seal/<uuid:lot_public_id>/<any(correction,addendum,withdrawal):kind>", methods=["GET", "POST"])
@access(SEAL)
def seal(lot_public_id: uuid.UUID, kind: str) -> ResponseReturnValue:
    """Preview of exactly what the public will see; then password, and it is signed."""
    actor = current_actor()
    lot = lots.get_lot(lot_public_id, actor)
    form = _FORMS[kind]()
    if form.validate_on_submit():
        answer = _sign(form, lot.id, kind)
        if answer is not None:
            return answer
    offered = service.offered(lot.id) if kind == "addendum" else []
    known = {one.key for one in offered}
    chosen = [key for key in request.values.getlist("fact") if key in known]
    reason = getattr(form, "reason", None)
    statement = getattr(form, "statement", None)
    shown = service.preview(
        lot.id,
        actor=actor,
        kind=kind,
        reason=(reason.data or "") if reason else "",
        statement=(statement.data or "") if statement else "",
        facts=chosen,
    )
    return render_template(
        "trace/signing/seal.html",
        lot=lot,
        kind=kind,
        kind_label=rules.KINDS[kind],
        button=_BUTTONS[kind],
        form=form,
        unmet=shown.unmet,
        sections=presentation.sections(shown.credential),
        record=queries.record_for_lot(lot.id),
        listing=eventlist.latest_for_lot(lot.id),
        witnesses=log.witnesses(),
        signs_itself=queries.signs_itself(lot.sealer_id),
        offered=offered,
        chosen=chosen,
    ), (400 if form.errors else 200)


@bp.get("/seal/<uuid:lot_public_id>/<any(record,correction,addendum,withdrawal):kind>/package")
@access(SEAL)
def package(lot_public_id: uuid.UUID, kind: str) -> Response:
    """What an enterprise that keeps its own key signs, as a file; writes nothing."""
    lot = lots.get_lot(lot_public_id, current_actor())
    texts = {name: normalise_text(request.args.get(name, ""), multiline=True) for name in ("reason", "statement")}
    facts = request.args.getlist("fact")
    draft = service.to_sign(lot.id, actor=current_actor(), kind=kind, facts=facts, **texts)
    response = Response(external.package(draft), content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{lot.lot_no}-{kind}-to-sign.json"'
    return response


@bp.route("/seal/<uuid:lot_public_id>/signed", methods=["GET", "POST"])
@access(SEAL)
def upload(lot_public_id: uuid.UUID) -> ResponseReturnValue:
    """The signed record comes back, with the password; it must say what sealing would say now."""
    actor = current_actor()
    lot, form = lots.get_lot(lot_public_id, actor), UploadForm()
    if form.validate_on_submit() and password_fits(form):
        form.claim_once()
        try:
            given = external.read(form.signed.data or "", now=clock.now())
            row = service.seal_record(
                lot.id,
                actor=actor,
                kind=given.kind,
                reason=given.reason,
                statement=given.statement,
                facts=service.keys_of(lot.id, given.facts),
                password_confirmed=True,
                uploaded=given,
            )
        except BadInput as error:
            db.session.rollback()
            if not form.put_error(error):
                raise
        else:
            flash(_DONE[row.kind])
            return redirect(url_for("signing.show", public_id=row.public_id), 303)
    return render_template("trace/signing/upload.html", lot=lot, form=form), (400 if form.errors else 200)


def password_fits(form: SealForm | RevokeForm | EventsForm) -> bool:
    """Whether the password is the signed-in user's; otherwise the field says so."""
    actor = current_actor()
    if actor.user_id is not None and confirm_password(actor.user_id, form.password.data or ""):
        return True
    form.password.errors = [*form.password.errors, "密码不对，什么都没有改动。请再输一次。"]
    return False


def _sign(form: SealForm, lot_id: int, kind: str) -> ResponseReturnValue | None:
    """The redirect after signing, or None where the form has to be shown again."""
    actor = current_actor()
    if not password_fits(form):
        return None
    form.claim_once()
    reason, statement = getattr(form, "reason", None), getattr(form, "statement", None)
    row = service.seal_record(
        lot_id,
        actor=actor,
        kind=kind,
        reason=(reason.data or "") if reason else "",
        statement=(statement.data or "") if statement else "",
        facts=request.form.getlist("fact"),
        password_confirmed=True,
    )
    if kind != "withdrawal" and not eventlist.prospect(lot_id, actor).unmet:
        eventlist.sign(lot_id, actor, password_confirmed=True)
    flash(_DONE[kind])
    return redirect(url_for("signing.show", public_id=row.public_id), 303)


@bp.get("/keys")
@access(KEYS)
def keys() -> ResponseReturnValue:
    """The organisation's DID and its keys."""
    return _keys_page(ExternalKeyForm())


@bp.post("/keys")
@access(KEYS)
def create_key() -> ResponseReturnValue:
    """A new key held by the platform; the one before it expires."""
    actor = current_actor()
    assert actor.organisation_id is not None
    once.claim(request.form.get("once"))
    identity.create_key(actor.organisation_id, actor)
    flash("新密钥已启用，从现在起用它签名。以前签的记录照样有效。")
    return redirect(url_for(".keys"), 303)


@bp.post("/keys/external")
@access(KEYS)
def register_key() -> ResponseReturnValue:
    """A key the enterprise holds itself."""
    actor, form = current_actor(), ExternalKeyForm()
    assert actor.organisation_id is not None
    if form.validate_on_submit():
        form.claim_once()
        try:
            identity.register_external_key(actor.organisation_id, form.multikey.data or "", actor)
        except DomainError as error:
            db.session.rollback()
            if not form.put_error(error):
                raise
        else:
            flash("自管公钥已登记。以后的记录由你方签名后上传。")
            return redirect(url_for(".keys"), 303)
    return _keys_page(form), 400


@bp.get("/keys/history")
@access(KEYS)
def key_history() -> ResponseReturnValue:
    """What each version of the DID document changed, with its place in the log."""
    actor = current_actor()
    assert actor.organisation_id is not None
    did, _ = queries.keys_of(actor.organisation_id)
    code = did.rpartition(":")[2] if did and ":org:" in did else None
    return render_template(
        "trace/signing/history.html", did=did, code=code, events=queries.key_history(actor.organisation_id)
    )


@bp.route("/keys/<uuid:key_id>/plan", methods=["GET", "POST"])
@access(KEYS)
def plan_key_end(key_id: uuid.UUID) -> ResponseReturnValue:
    """The last day on which a key signs, on a page of its own."""
    actor, form = current_actor(), PlanForm()
    assert actor.organisation_id is not None
    key = _own_key(actor.organisation_id, key_id)
    if form.validate_on_submit():
        form.claim_once()
        try:
            identity.plan_end(actor.organisation_id, key_id, form.last_day.data, actor)
        except BadInput as error:
            db.session.rollback()
            if not form.put_error(error):
                raise
        else:
            flash("已记下停用日。" if form.last_day.data else "停用计划已取消。")
            return redirect(url_for(".keys"), 303)
    if not form.is_submitted() and key.planned_end_at is not None:
        form.last_day.data = (clock.local(key.planned_end_at) - timedelta(days=1)).date()
    return render_template("trace/signing/plan.html", form=form, key=key), (400 if form.errors else 200)


@bp.route("/keys/<uuid:key_id>/revoke", methods=["GET", "POST"])
@access(KEYS)
def revoke_key(key_id: uuid.UUID) -> ResponseReturnValue:
    """Ask again on a page of its own, then end the key."""
    actor, form = current_actor(), RevokeForm()
    assert actor.organisation_id is not None
    key = _own_key(actor.organisation_id, key_id)
    if form.validate_on_submit() and password_fits(form):
        form.claim_once()
        identity.revoke_key(actor.organisation_id, key_id, form.reason.data or "", actor)
        flash("密钥已吊销，新的身份文件正在写入日志。请马上新建一把。", "todo")
        return redirect(url_for(".keys"), 303)
    return render_template("trace/signing/revoke.html", form=form, key=key), (400 if form.errors else 200)


def _own_key(organisation_id: int, key_id: uuid.UUID) -> queries.KeyView:
    _, own = queries.keys_of(organisation_id)
    key = next((item for item in own if item.public_id == key_id and item.ended_at is None), None)
    if key is None:
        raise NotFound("没有这把在用的密钥。", help="从“签名密钥”重新进入。")
    return key


def _keys_page(form: ExternalKeyForm) -> str:
    actor = current_actor()
    assert actor.organisation_id is not None
    did, own = queries.keys_of(actor.organisation_id)
    rows = [
        (
            f"第 {row.version} 版",
            f"{clock.local(row.created_at):%Y-%m-%d %H:%M}",
            str(row.log_index) if row.integrated else "存证中",
        )
        for row in queries.did_versions(actor.organisation_id)
    ]
    return render_template(
        "trace/signing/keys.html",
        did=did,
        keys=own,
        did_rows=rows,
        next_day=timedelta(days=1),
        form=form,
        kinds={"expires": "轮换停用", "revoked": "已吊销"},
    )
