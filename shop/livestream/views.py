"""The link that is spoken on air, the host's own page, and the brand office's review."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import qrcode
from flask import Blueprint, Response, redirect, render_template, request, url_for
from qrcode.image.svg import SvgPathImage
from sqlalchemy import select

from core import clock
from core.account.access import access, current_actor, public
from core.config import settings
from core.db import db
from core.errors import BadInput, DomainError, NotFound
from core.ui import flash, once
from core.ui.moves import requested_move
from core.ui.tables import Column, Filter, Table
from core.workflow.engine import fire, history, moves_for
from shop.catalogue import queries as catalogue
from shop.livestream import permissions, rules, service
from shop.livestream.forms import HostForm
from shop.livestream.models import Host, HostLink

blueprint = Blueprint("livestream", __name__, template_folder="templates")


@blueprint.get("/l/<token>")
@public("a host's link is spoken to everybody")
def follow(token: str) -> Any:
    """To the product; the browser remembers the click for thirty days, we store nothing."""
    link = service.find_link(token[:20].upper())
    listing = catalogue.listing_public_id(link.listing_id)
    response = redirect(url_for("catalogue.show", public_id=listing))
    value = service.remember(request.cookies.get(service.COOKIE), link, clock.now())
    seconds = int(rules.WINDOW.total_seconds())
    response.set_cookie(
        service.COOKIE, value, max_age=seconds, httponly=True, samesite="Lax", secure=settings().secure_cookies
    )
    return response


@blueprint.route("/host", methods=["GET", "POST"])
@access(permissions.APPLY)
def mine() -> Any:
    """The host's own registration, links and QR codes."""
    actor = current_actor()
    host = service.host_of(actor)
    form = HostForm(obj=host)
    if form.validate_on_submit():
        try:
            form.claim_once()
            host = service.apply(actor, **form.values())
            service.move_host(actor, host, "submit")
        except DomainError as error:
            if not form.put_error(error):
                raise
        else:
            flash("登记已提交，等品牌办审核。")
            return redirect(url_for("livestream.mine"))
    links = service.links_of(host.id) if host else []
    page = render_template(
        "shop/livestream/mine.html",
        host=host,
        form=form,
        links=links,
        titles=catalogue.titles([x.listing_id for x in links]),
        choices=db.session.execute(catalogue.on_sale().limit(100)).all() if host and host.state == "approved" else [],
        origin=settings().link_origin,
        past=history(rules.HOST, host.id) if host else [],
        workflow=rules.HOST,
        rule=rules.RULE_TEXT,
    )
    return page, 400 if form.is_submitted() else 200


@blueprint.post("/host/links")
@access(permissions.APPLY)
def make() -> Any:
    """A link for one listing on sale."""
    actor = current_actor()
    host = service.host_of(actor)
    if host is None:
        raise NotFound("你还没有登记为主播。", help="先登记。")
    try:
        listing = catalogue.product(UUID(request.form.get("listing", "")))
    except ValueError:
        raise BadInput("还没有选商品。", code="livestream.listing", help="从列表里选一件在售商品。") from None
    once.claim(request.form.get("once"))
    service.make_link(actor, host, listing.id)
    return redirect(url_for("livestream.mine"))


def _own_link(public_id: UUID) -> HostLink:
    host = service.host_of(current_actor())
    link = db.session.scalar(select(HostLink).where(HostLink.public_id == public_id))
    if link is None or host is None or link.host_id != host.id:
        raise NotFound("没有找到这条链接。", help="从主播页重新进入。")
    return link


@blueprint.get("/host/links/<uuid:public_id>.svg")
@access(permissions.APPLY)
def qr(public_id: UUID) -> Any:
    """The link as a QR picture, upper case so that it stays small."""
    link = _own_link(public_id)
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, box_size=10, border=4)
    code.add_data(f"{settings().link_origin}/l/{link.token}")
    out = io.BytesIO()
    code.make_image(image_factory=SvgPathImage).save(out)
    return Response(out.getvalue(), mimetype="image/svg+xml", headers={"Cache-Control": "private, max-age=3600"})


@blueprint.post("/host/links/<uuid:public_id>/end")
@access(permissions.APPLY)
def end(public_id: UUID) -> Any:
    """The link no longer opens."""
    link = _own_link(public_id)
    once.claim(request.form.get("once"))
    service.end_link(current_actor(), link)
    flash("链接已停用。")
    return redirect(url_for("livestream.mine"))


@blueprint.get("/brand/hosts")
@access(permissions.REVIEW)
def cases() -> Any:
    """Registrations, waiting ones first."""
    names = dict(rules.PLATFORMS)
    table = Table(
        select(Host).where(Host.state != "draft").order_by((Host.state != "submitted"), Host.updated_at.desc()),
        columns=[
            Column("stage_name", "主播名", link=lambda r: url_for("livestream.case", public_id=r.public_id)),
            Column(
                "state",
                "状态",
                kind="chip",
                value=lambda r: (rules.HOST.label_of(r.state), rules.HOST.state(r.state).tone),
            ),
            Column("platform", "平台", value=lambda r: names[r.platform]),
            Column("account", "账号"),
            Column("updated_at", "改动", kind="moment", sort=Host.updated_at),
        ],
        filters=[Filter("q", "主播名或账号", search=(Host.stage_name, Host.account))],
        name="hosts",
        caption="主播登记",
        empty="还没有主播登记。",
    )
    return table.respond("shop/livestream/cases.html")


def _case(public_id: UUID) -> Host:
    host = db.session.scalar(select(Host).where(Host.public_id == public_id))
    if host is None or host.state == "draft":
        raise NotFound("没有找到这份登记。", help="从列表重新进入。")
    return host


@blueprint.get("/brand/hosts/<uuid:public_id>")
@access(permissions.REVIEW)
def case(public_id: UUID) -> Any:
    """One registration as the brand office decides on it."""
    host = _case(public_id)
    return render_template(
        "shop/livestream/case.html",
        host=host,
        moves=moves_for(rules.HOST, host, current_actor()),
        past=history(rules.HOST, host.id),
        workflow=rules.HOST,
        platform=dict(rules.PLATFORMS)[host.platform],
        rule=rules.RULE_TEXT,
    )


@blueprint.post("/brand/hosts/<uuid:public_id>/move")
@access(permissions.REVIEW)
def decide(public_id: UUID) -> Any:
    """The brand office's moves."""
    host = _case(public_id)
    wish = requested_move(rules.HOST, host, back=url_for("livestream.case", public_id=public_id))
    if wish.page:
        return wish.page
    fire(rules.HOST, host, wish.key, current_actor(), reason=wish.reason)
    flash(f"主播“{host.stage_name}”现在是：{rules.HOST.label_of(host.state)}。")
    return redirect(url_for("livestream.cases"))
