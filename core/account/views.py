"""Sign-in, registration of a person, second factor, password reset."""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

import pyotp
from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, session, url_for
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response as BaseResponse

from core import clock
from core.account import rules, service
from core.account.access import access, current_actor, public, totp_required
from core.account.actor import SYSTEM
from core.account.forms import CodeForm, ForgotForm, LoginForm, PasswordForm, RegisterForm, ResetForm
from core.account.models import User
from core.account.own_permissions import SELF
from core.account.queries import memberships_of
from core.db import db
from core.errors import DomainError, NotFound
from core.ui import flash
from core.web.security import limiter

blueprint = Blueprint("account", __name__, template_folder="templates")

DEVICE_COOKIE = "yidun_device"
HALF_LIFE = 300
SIGN_IN_REASON = "people sign in here"


def _device() -> str:
    return request.cookies.get(DEVICE_COOKIE, "")[:64] or "none"


def _safe_next() -> str:
    target = request.args.get("next", "")
    parts = urlsplit(target)
    local = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return target if local else ""


def _with_device(response: BaseResponse | str) -> Response:
    answer = make_response(response)
    if DEVICE_COOKIE not in request.cookies:
        answer.set_cookie(
            DEVICE_COOKIE,
            secrets.token_urlsafe(24),
            max_age=400 * 24 * 3600,
            httponly=True,
            samesite="Lax",
            secure=current_app.config["SETTINGS"].secure_cookies,
        )
    return answer


def _enter(user: User) -> BaseResponse:
    """Start a fresh session for the user; go to the only membership, or let the person choose."""
    target, mine = _safe_next(), memberships_of(user.id)
    session.clear()
    session.permanent = True
    login_user(service.SignedIn(user))
    service.signed_in(user, _device())
    if len(mine) == 1:
        session["membership"] = mine[0].id
    if totp_required() and user.totp_sealed is None and rules.needs_totp(frozenset(m.role for m in mine)):
        return redirect(url_for("account.second_factor"))
    if len(mine) > 1:
        return redirect(url_for("account.choose", next=target))
    return redirect(target or "/home")


@blueprint.route("/login", methods=["GET", "POST"])
@public(SIGN_IN_REASON)
@limiter.limit("30 per minute", methods=["POST"])
def login() -> Response | tuple[str, int]:
    """Sign in with mobile number or login name and password."""
    form = LoginForm()
    if form.validate_on_submit():
        try:
            user = service.authenticate(
                form.name.data, form.password.data, address=request.remote_addr or "", device=_device()
            )
        except DomainError as error:
            if not form.put_error(error):
                raise
            return render_template("core/account/login.html", form=form), error.status
        if user.totp_sealed is not None:
            session.clear()
            session["half"] = [user.id, user.session_epoch, int(clock.now().timestamp())]
            return _with_device(redirect(url_for("account.login_code", next=_safe_next())))
        return _with_device(_enter(user))
    return _with_device(render_template("core/account/login.html", form=form))


@blueprint.route("/login/code", methods=["GET", "POST"])
@public(SIGN_IN_REASON)
@limiter.limit("10 per minute", methods=["POST"])
def login_code() -> Response | BaseResponse | tuple[str, int]:
    """The second step for users with a second factor."""
    user_id, epoch, at = session.get("half", (0, 0, 0))
    user = db.session.get(User, user_id, with_for_update=request.method == "POST")
    if user is None or user.session_epoch != epoch or clock.now().timestamp() - at > HALF_LIFE:
        return redirect(url_for("account.login"))
    form = CodeForm()
    if form.validate_on_submit():
        try:
            service.check_totp(user, form.code.data)
        except DomainError as error:
            form.put_error(error)
            return render_template("core/account/code.html", form=form), error.status
        return _with_device(_enter(user))
    return make_response(render_template("core/account/code.html", form=form))


@blueprint.post("/logout")
@access(SELF)
def logout() -> BaseResponse:
    """End this session."""
    logout_user()
    session.clear()
    return redirect("/")


@blueprint.route("/register", methods=["GET", "POST"])
@public("a person makes an account here")
@limiter.limit("10 per minute", methods=["POST"])
def register_person() -> Response | BaseResponse | tuple[str, int]:
    """A person registers with mobile number and password."""
    form = RegisterForm()
    if form.validate_on_submit():
        try:
            user = service.create_user(
                mobile=form.mobile.data, password=form.password.data, display_name=form.display_name.data
            )
        except DomainError as error:
            if not form.put_error(error):
                raise
            return render_template("core/account/register.html", form=form), error.status
        return _with_device(_enter(user))
    return make_response(render_template("core/account/register.html", form=form))


@blueprint.route("/password/forgot", methods=["GET", "POST"])
@public("who forgot the password cannot sign in")
@limiter.limit("5 per minute", methods=["POST"])
def forgot() -> Response | tuple[str, int]:
    """Ask for a one-time code; the answer is the same whether or not the name exists."""
    form = ForgotForm()
    if form.validate_on_submit():
        service.request_reset(form.name.data)
        return make_response(redirect(url_for("account.reset", name=form.name.data)))
    return render_template("core/account/forgot.html", form=form), 422 if form.errors else 200


@blueprint.route("/password/reset", methods=["GET", "POST"])
@public("who forgot the password cannot sign in")
@limiter.limit("10 per minute", methods=["POST"])
def reset() -> Response | tuple[str, int]:
    """Set a new password with a one-time code."""
    form = ResetForm()
    if request.method == "GET":
        form.name.data = request.args.get("name", "")[:60]
    if form.validate_on_submit():
        faults = rules.password_faults(form.password.data)
        try:
            if faults:
                from core.errors import RuleBroken

                raise RuleBroken(unmet=faults, field="password")
            user = service.redeem_code(form.name.data, "reset", form.code.data)
            service.set_password(user, form.password.data, SYSTEM)
        except DomainError as error:
            if not form.put_error(error):
                raise
            return render_template("core/account/reset.html", form=form), error.status
        flash("密码已经改好，请用新密码登录。", "ok")
        return make_response(redirect(url_for("account.login")))
    return render_template("core/account/reset.html", form=form), 422 if form.errors else 200


@blueprint.route("/account", methods=["GET"])
@access(SELF)
def mine() -> str:
    """My account: name, organisations, password, second factor."""
    user = _me()
    return _mine_page(user, PasswordForm(formdata=None))


@blueprint.post("/account/password")
@access(SELF)
def change_password() -> Response | tuple[str, int]:
    """Change the password; every other session ends."""
    user, form = _me(), PasswordForm()
    if form.validate_on_submit():
        if service.confirm_password(user.id, form.old.data):
            try:
                service.set_password(user, form.password.data, current_actor())
            except DomainError as error:
                form.put_error(error)
                return _mine_page(user, form), error.status
            membership = session.get("membership")
            session.clear()
            login_user(service.SignedIn(user))
            session["membership"] = membership
            flash("密码已经改好。别的设备要重新登录。", "ok")
            return make_response(redirect(url_for("account.mine")))
        form.old.errors = ["现在的密码不对。忘了可以退出后找回。"]
    return _mine_page(user, form), 422


def _mine_page(user: User, form: PasswordForm) -> str:
    return render_template("core/account/mine.html", user=user, memberships=memberships_of(user.id), form=form)


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@access(SELF)
def second_factor() -> Response | str | tuple[str, int]:
    """Switch the second factor on: scan the code, prove it with a first one-time password."""
    from core.qr import qr_svg

    user, form = _me(), CodeForm()
    secret = session.setdefault("totp_offer", pyotp.random_base32())
    uri = pyotp.TOTP(secret, name=user.login_name or user.mobile or "", issuer="猗顿农品").provisioning_uri()
    page = {"form": form, "secret": secret, "qr": qr_svg(uri), "already": user.totp_sealed is not None}
    if form.validate_on_submit():
        try:
            service.set_totp(user, secret, form.code.data, current_actor())
        except DomainError as error:
            form.put_error(error)
            return render_template("core/account/second_factor.html", **page), error.status
        membership = session.get("membership")
        session.clear()
        login_user(service.SignedIn(user))
        session["membership"] = membership
        flash("动态口令已经启用，下次登录要输入。", "ok")
        return make_response(redirect(url_for("account.mine")))
    return render_template("core/account/second_factor.html", **page)


def _me() -> User:
    user = db.session.get(User, current_actor().user_id)
    if user is None:
        raise NotFound("账号已经停用。", help="请联系平台管理员。")
    return user
