"""Invitations: the inviter sends and takes back, the reader of the link accepts; a member may leave by himself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, session, url_for
from sqlalchemy import select

from core.account import invitations, service
from core.account.access import access, current_actor, public
from core.account.forms import InviteForm, NewAccountForm
from core.account.models import Membership
from core.account.own_permissions import MEMBERS, SELF
from core.account.views import _enter, _with_device, blueprint
from core.account.views_members import roles_for
from core.db import db
from core.errors import DomainError, NotFound
from core.ui import flash, once
from core.web.security import limiter

INVITE_REASON = "the link is the proof; who opens it may have no account yet"


@blueprint.route("/account/invite", methods=["GET", "POST"])
@access(MEMBERS)
def invite() -> Any:
    """Send a link to a colleague; the link is shown once, so that it can also be passed on by hand."""
    actor = current_actor()
    if actor.organisation_id is None:
        raise NotFound("你还没有代表任何单位。", help="先在右上角选一个单位。")
    form, link, status = InviteForm(), "", 200
    form.role.choices = roles_for(actor.organisation_kind)
    if form.validate_on_submit():
        try:
            form.claim_once()
            _, path = invitations.invite(actor.organisation_id, form.address.data, form.role.data, actor)
            link = request.host_url.rstrip("/") + path
            form = InviteForm(formdata=None)
            form.role.choices = roles_for(actor.organisation_kind)
        except DomainError as error:
            if not form.put_error(error):
                raise
            status = error.status
    elif form.is_submitted():
        status = 400
    page = render_template(
        "core/account/invite.html", form=form, link=link, invitations=invitations.open_of(actor.organisation_id)
    )
    return page, status


@blueprint.post("/account/invitations/<uuid:public_id>/revoke")
@access(MEMBERS)
def revoke_invitation(public_id: UUID) -> Any:
    """Take an invitation back."""
    invitations.revoke(public_id, current_actor())
    flash("邀请已收回，链接不能再用。")
    return redirect(url_for("account.invite"))


@blueprint.get("/invite/<token>")
@public(INVITE_REASON)
@limiter.limit("30 per minute")
def invitation(token: str) -> Any:
    """What the link offers, and the way to take it."""
    return _page(token, NewAccountForm(formdata=None))


@blueprint.post("/invite/<token>")
@public(INVITE_REASON)
@limiter.limit("10 per minute")
def accept_invitation(token: str) -> Any:
    """Become a member: with the account signed in, or with a new one."""
    actor = current_actor()
    offer = invitations.find_offer(token)
    if actor.user_id is not None:
        once.claim(request.form.get("once"))
        member = invitations.accept(token, actor)
        session["membership"] = member.id
        flash(f"已加入{offer.organisation_name}，岗位是{offer.role_label}。")
        return redirect("/home")
    form = NewAccountForm()
    if offer.channel == "sms":
        del form.mobile
    if not form.validate_on_submit():
        return _page(token, form, 400)
    try:
        form.claim_once()
        user, _ = invitations.accept_as_new(token, **form.values())
    except DomainError as error:
        if not form.put_error(error):
            raise
        db.session.rollback()
        return _page(token, form, error.status)
    flash(f"账号已建好，你现在是{offer.organisation_name}的{offer.role_label}。")
    return _with_device(_enter(user))


def _page(token: str, form: NewAccountForm, status: int = 200) -> Any:
    offer = invitations.find_offer(token)
    if offer.channel == "sms" and "mobile" in form:
        del form.mobile
    page = render_template(
        "core/account/invitation.html",
        offer=offer,
        form=form,
        token=token,
        signed_in=current_actor().user_id is not None,
        has_account=invitations.has_account(token),
    )
    return page, status


@blueprint.post("/account/memberships/<uuid:public_id>/leave")
@access(SELF)
def leave_membership(public_id: UUID) -> Any:
    """Leave an organisation of one's own accord, at once; its last owner cannot."""
    actor = current_actor()
    row = db.session.scalar(
        select(Membership).where(Membership.public_id == public_id, Membership.user_id == actor.user_id)
    )
    if row is None:
        raise NotFound("没有找到这个岗位。", help="刷新“我的账号”再看。")
    service.end_member(row.id, actor)
    if session.get("membership") == row.id:
        session.pop("membership")
    flash("你已离开这个单位，不能再以它的身份办理。")
    return redirect(url_for("account.mine"))
