"""Choosing the organisation one acts for; members of one's organisation; codes handed out by a clerk."""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, request, session, url_for
from sqlalchemy import or_, select

from core.account import service
from core.account.access import access, current_actor
from core.account.forms import GiveCodeForm, MemberForm
from core.account.homes import home_of
from core.account.models import Membership, User
from core.account.own_permissions import CODES, MEMBERS, SELF
from core.account.permissions import ROLES
from core.account.queries import members_of, memberships_of
from core.account.views import _safe_next, blueprint
from core.db import db
from core.errors import BadInput, NotFound
from core.ui import flash

ENTERPRISE_ROLES = ("owner", "operator")
OFFICE_ROLES = {
    "office": ("office_clerk", "office_head", "statistician"),
    "brand_office": ("brand_clerk", "brand_decider"),
    "bureau": ("commerce_clerk", "commerce_inspector", "finance", "rural", "leading_group", "government",
               "acceptance_chair", "acceptance_member", "auditor", "discipline"),
    "platform": ("sysadmin",),
    "host": ("host",),
}  # fmt: skip


@blueprint.get("/account/choose")
@access(SELF)
def choose() -> str:
    """Choose the organisation to act for."""
    actor = current_actor()
    assert actor.user_id is not None
    return render_template(
        "core/account/choose.html",
        memberships=memberships_of(actor.user_id),
        chosen=actor.membership_id,
        next=_safe_next(),
    )


@blueprint.get("/home")
@access(SELF)
def home() -> Response:
    """Go to the start page of the identity one acts with."""
    return make_response(redirect(home_of(current_actor())))


@blueprint.post("/account/switch")
@access(SELF)
def switch() -> Response:
    """Act for another of one's organisations (or for oneself alone)."""
    actor = current_actor()
    assert actor.user_id is not None
    wanted = request.form.get("membership", type=int)
    mine = {m.id for m in memberships_of(actor.user_id)}
    if wanted is None:
        session.pop("membership", None)
    elif wanted in mine:
        session["membership"] = wanted
    else:
        raise NotFound("你不在这个单位里。", help="请从列表里选。")
    return make_response(redirect(_safe_next() or "/home"))


def roles_for(kind: str) -> list[tuple[str, str]]:
    """The roles an organisation of this kind may give."""
    return [(r, ROLES[r]) for r in OFFICE_ROLES.get(kind, ENTERPRISE_ROLES)]


def _form(kind: str) -> MemberForm:
    form = MemberForm()
    form.role.choices = roles_for(kind)
    return form


@blueprint.route("/account/members", methods=["GET", "POST"])
@access(MEMBERS)
def members() -> Response | str | tuple[str, int]:
    """The members of one's organisation; add one by mobile number."""
    actor = current_actor()
    assert actor.organisation_id is not None
    form, status = _form(actor.organisation_kind), 200
    if form.validate_on_submit():
        user = db.session.scalar(select(User).where(User.mobile == form.mobile.data, User.disabled_at.is_(None)))
        if user is None:
            form.mobile.errors = ["这个手机号还没有注册。请对方先在“注册”页登记。"]
            status = 422
        else:
            service.add_member(user.id, actor.organisation_id, form.role.data, actor)
            flash(f"已添加为{ROLES[form.role.data]}。", "ok")
            return make_response(redirect(url_for("account.members")))
    rows = db.session.execute(
        select(Membership.public_id, Membership.role, User.display_name, Membership.from_on)
        .join(User, User.id == Membership.user_id)
        .where(Membership.organisation_id == actor.organisation_id, Membership.until_on.is_(None))
        .order_by(Membership.id)
    ).all()
    page = render_template(
        "core/account/members.html", form=form, rows=rows, roles=ROLES, count=len(members_of(actor.organisation_id))
    )
    return page, status


@blueprint.post("/account/members/<uuid:public_id>/end")
@access(MEMBERS)
def end_member(public_id: object) -> Response:
    """A member leaves one's organisation at once."""
    actor = current_actor()
    row = db.session.scalar(
        select(Membership).where(Membership.public_id == public_id, Membership.organisation_id == actor.organisation_id)
    )
    if row is None:
        raise NotFound("没有找到这名成员。", help="刷新名单再看。")
    service.end_member(row.id, actor)
    flash("已移除，对方不能再以本单位身份办理。", "ok")
    return make_response(redirect(url_for("account.members")))


@blueprint.route("/account/codes", methods=["GET", "POST"])
@access(CODES)
def give_code() -> tuple[str, int]:
    """A clerk who checked a person's identity face to face gives them a one-time code."""
    form, code = GiveCodeForm(), ""
    if form.validate_on_submit():
        name = form.name.data.casefold()
        user = db.session.scalar(select(User).where(or_(User.mobile == name, User.login_name == name)))
        if user is None:
            form.name.errors = ["没有这个账号。请核对手机号。"]
            return render_template("core/account/give_code.html", form=form, code=""), 422
        if user.totp_sealed is not None or _is_privileged(user.id):
            raise BadInput(
                "管理岗位的账号不能用当面发码找回。",
                code="account.privileged_reset",
                help="请由系统管理员在服务器上重设。",
            )
        code = service.issue_code(user, "reset", current_actor())
    return render_template("core/account/give_code.html", form=form, code=code), 422 if form.errors else 200


def _is_privileged(user_id: int) -> bool:
    from core.account.rules import needs_totp

    return needs_totp(frozenset(m.role for m in memberships_of(user_id)))
