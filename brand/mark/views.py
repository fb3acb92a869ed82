"""Mark files: the brand office makes versions, licensees look and take."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, redirect, render_template, request, url_for

from brand.mark import permissions, rules, service
from brand.mark.forms import FileForm, PackForm, RetireForm
from brand.mark.models import MarkPack
from core.account.access import access, current_actor
from core.errors import DomainError
from core.file.queries import files_by_id
from core.organisation.queries import names
from core.ui import flash, once
from core.ui.deed import done
from core.ui.forms import Form

bp = Blueprint("mark", __name__, template_folder="templates")


@bp.get("/marks")
@access(permissions.USE)
def index() -> Any:
    """Packs by brand and mark; enterprises see the released ones they have or had a licence or certificate for."""
    actor = current_actor()
    manages = actor.can(rules.MANAGE)
    rows = service.packs(actor)
    newest = {p.id for mark, brand in {(p.mark, p.brand_id) for p in rows} if (p := service.current(mark, brand))}
    return render_template(
        "brand/mark/index.html", rows=rows, titles={p.id: service.name_of(p) for p in rows}, newest=newest, manages=manages
    )  # fmt: skip


@bp.route("/marks/new", methods=["GET", "POST"])
@access(permissions.MANAGE)
def new() -> Any:
    """A new version of a pack."""
    form = PackForm()
    if form.validate_on_submit():
        form.claim_once()
        try:
            which, text = str(form.which.data), form.rules_text.data or ""
            if which.isdigit():
                pack = service.make_pack(current_actor(), brand_id=int(which), rules_text=text)
            else:
                pack = service.make_pack(current_actor(), mark=which, rules_text=text)
        except DomainError as error:
            if not form.put_error(error):
                raise
        else:
            return redirect(url_for(".show", public_id=pack.public_id))
    return render_template("brand/mark/new.html", form=form), 400 if form.is_submitted() else 200


@bp.get("/marks/<uuid:public_id>")
@access(permissions.USE)
def show(public_id: uuid.UUID) -> Any:
    """One version: rules, previews, what keeps the reader from downloading."""
    return _page(service.pack_for(public_id, current_actor()))


def _page(pack: MarkPack, status: int = 200, **forms: Form) -> Any:
    actor = current_actor()
    manages = actor.can(rules.MANAGE)
    given = {"file_form": FileForm(formdata=None), "retire_form": RetireForm(formdata=None)} | forms
    for form in given.values():
        form.once.data = form.once.data or once.new_key()
    taken = service.downloads_of(pack, actor)
    now = service.current(pack.mark, pack.brand_id)
    return render_template(
        "brand/mark/show.html", pack=pack, name=service.name_of(pack), coded=pack.mark in rules.CODED, manages=manages, purposes=rules.PURPOSES,
        files=files_by_id([f.file_id for f in pack.files]), unmet=[] if manages else service.unmet(pack, actor),
        current=now is not None and now.id == pack.id, taken=taken, names=names([d.organisation_id for d, _ in taken]), **given,
    ), status  # fmt: skip


def _do(pack: MarkPack, form: Form, name: str, deed: Callable[[], Any]) -> Any:
    """Run ``deed`` when the form is sound; show the page again with what to change otherwise."""
    to = url_for(".show", public_id=pack.public_id)
    return done(form, deed, lambda status: _page(pack, status, **{name: form}), "", to)


@bp.post("/marks/<uuid:public_id>/files")
@access(permissions.MANAGE)
def add_file(public_id: uuid.UUID) -> Any:
    """One more file."""
    pack, form = service.pack_for(public_id, current_actor()), FileForm()
    return _do(
        pack, form, "file_form",
        lambda: service.add_file(
            pack, current_actor(), title=str(form.title.data), purpose=str(form.purpose.data), stream=form.file.data.stream,
            filename=form.file.data.filename or "标志",
            place=rules.Place(*((getattr(form, f"code_{side}").data or 0) for side in ("left", "top", "width", "height"))),
        ),
    )  # fmt: skip


@bp.post("/marks/<uuid:public_id>/release")
@access(permissions.MANAGE)
def release(public_id: uuid.UUID) -> Any:
    """Licensees get this version from now on."""
    once.claim(request.form.get("once"))
    service.release(service.pack_for(public_id, current_actor()), current_actor())
    flash("已发布，授权企业从现在起下载这一版。")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/marks/<uuid:public_id>/retire")
@access(permissions.MANAGE)
def retire(public_id: uuid.UUID) -> Any:
    """Nobody gets this version any more."""
    pack, form = service.pack_for(public_id, current_actor()), RetireForm()
    return _do(pack, form, "retire_form", lambda: service.retire(pack, current_actor(), str(form.reason.data)))


@bp.get("/marks/files/<uuid:public_id>/preview.png")
@access(permissions.USE)
def preview(public_id: uuid.UUID) -> Response:
    """The picture with the reader's licence number across it."""
    row, pack = service.file_for(public_id, current_actor())
    data = service.preview(row, pack, current_actor())
    return Response(data, mimetype="image/png", headers={"Cache-Control": "private, no-store"})


@bp.post("/marks/files/<uuid:public_id>/download")
@access(permissions.USE)
def download(public_id: uuid.UUID) -> Response:
    """The file itself, for licensees only, each time on record."""
    row, pack = service.file_for(public_id, current_actor())
    data, name, media = service.take(row, pack, current_actor())
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Cache-Control": "no-store"}
    return Response(data, content_type=media, headers=headers)
