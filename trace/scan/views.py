"""Routes of the code page.  GET and HEAD are normally answered by the short cut before they come here."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as Redirect

from core.account.access import current_actor, public
from core.errors import BadInput, NotFound
from core.group_commit import counts_visit
from core.web.security import csrf
from trace.code.queries import series_of_unit
from trace.code.serial import normalise
from trace.resolver.answers import VARY
from trace.scan import addresses, checks, facts, limits, render, resolve, rules
from trace.scan.answer import CodePage
from trace.scan.errors import NotAUnit
from trace.scan.reader import is_bot, read
from trace.scan.shortcut import raw_path
from trace.scan.words import refusal

bp = Blueprint("scan", __name__, template_folder="templates")
OPEN = "扫码页对所有人公开"


def code_page() -> CodePage:
    """The code page of the running application."""
    page: CodePage = current_app.extensions["code_page"]
    return page


def _is_staff() -> bool:
    return current_actor().organisation_id is not None


@bp.get("/01/<path:rest>", endpoint="digital_link")
@bp.get("/id/uscc/<path:rest>", endpoint="own_code")
@bp.get("/ID/USCC/<path:rest>", endpoint="own_code_upper")
@counts_visit
@public(OPEN)
def show(rest: str) -> Response:
    del rest
    return _respond(raw_path(request.environ), always_page=False)


@bp.get("/scan/01/<path:rest>", endpoint="page_digital_link")
@bp.get("/scan/id/uscc/<path:rest>", endpoint="page_own_code")
@bp.get("/scan/ID/USCC/<path:rest>", endpoint="page_own_code_upper")
@counts_visit
@public(OPEN)
def show_page(rest: str) -> Response:
    del rest
    return _respond(raw_path(request.environ).removeprefix("/scan"), always_page=True)


@bp.get("/scan/proof")
@public(OPEN)
def proof() -> Redirect:
    """From a unit's code address to the page that proves it stands in a logged series; 404 where it was not issued."""
    address = addresses.parse(request.args.get("path", "")[:300])
    target = resolve.resolve(address)
    known = target.kind == "unit" and target.item_id is not None and target.unit is not None
    series = series_of_unit(target.item_id or 0, target.unit or 0) if known else None
    if series is None or address.serial is None:
        raise NotFound("没有发过这个编号。", code="scan.not_issued", help="对照标签再核对一次编号。")
    return redirect(url_for("series.unit", public_id=series.public_id, serial=normalise(address.serial)))


def _respond(path: str, *, always_page: bool) -> Response:
    answer = code_page().answer(request.environ, path, staff=_is_staff(), always_page=always_page)
    return Response(answer.body, answer.status, headers=list(answer.headers))


@bp.get("/scan/find")
@public(OPEN)
def find() -> Redirect:
    base = request.args.get("base", "")[:200]
    try:
        address = addresses.parse(base)
        serial = normalise(request.args.get("serial", "")[:60])
    except BadInput as wrong:
        raise BadInput(wrong.message, code=wrong.code, help="返回上一页，对照标签再输入一次。") from wrong
    return redirect(address.path(lot=address.lot, serial=serial))


@bp.post("/01/<path:rest>", endpoint="check_digital_link")
@bp.post("/id/uscc/<path:rest>", endpoint="check_own_code")
@bp.post("/ID/USCC/<path:rest>", endpoint="check_own_code_upper")
@csrf.exempt  # type: ignore[untyped-decorator] # no session and no account is involved: the answer depends on the printed code alone
@public(OPEN)
def check(rest: str) -> Response:
    """The verdict for the covered code typed on a unit's page (TRUST 7)."""
    del rest
    page, reader = code_page(), read(request.environ)
    address = addresses.parse(raw_path(request.environ))
    device = page.device(request.environ, reader)
    # Before the session takes a connection: a request that holds one while it waits for a second starves the pool.
    limits.take_try(limits.CHECK, device, request.remote_addr or "")
    target = resolve.resolve(address)
    if target.kind != "unit" or not target.has_covered:
        raise NotAUnit()
    counts = not _is_staff() and not is_bot(request.headers.get("User-Agent", ""), request.environ)
    asker = checks.Asker(device, request.remote_addr or "", request.form.get("city", "")[:20], counts)
    verdict, wrong = None, ""
    try:
        verdict = checks.check(target, request.form.get("covered", "")[:60], asker)
    except BadInput as unreadable:
        wrong = refusal(reader.lang, unreadable.message, unreadable.code)
    html = _check_page(reader.lang, reader.large, verdict, wrong, address, target, counted=counts)
    headers = [("Content-Security-Policy", render.style()[1]), ("Cache-Control", "no-store"), ("Vary", VARY)]
    return Response(html, 400 if wrong else 200, headers=headers)


def _check_page(
    lang: str, large: bool, verdict: checks.Verdict | None, wrong: str, address: addresses.Address, target: resolve.Target,
    *, counted: bool,
) -> str:  # fmt: skip
    path = address.path(lot=target.lot_no, serial=address.serial)
    recalled = verdict is not None and verdict.state == "recalled" and target.lot_id is not None
    first_at = verdict.judgement.first_at if verdict else None
    html = render.page(
        current_app._get_current_object(),  # type: ignore[attr-defined]
        "check", lang, large=large, verdict=verdict, wrong=wrong, path=path, reasons=rules.REASONS, counted=counted,
        first_told=render.moment(lang, first_at), host=code_page().origin.split("//")[-1],
        page=facts.lot_page(target.lot_id, lang) if recalled and target.lot_id is not None else None,
    )  # fmt: skip
    return html.replace(render.PATH, quote(path, safe=""))
