"""What anybody may do without signing in: report misuse, ask how far it is, read decisions."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, render_template, request, url_for

from brand.misuse import queries, rules, service
from brand.misuse.forms import ProgressForm, ReportForm
from brand.misuse.models import MisuseCase
from core import clock
from core.account.access import current_actor, public
from core.calendar.queries import deadline_of
from core.errors import DomainError, NotFound
from core.ui.forms import in_page_language
from core.ui.i18n import translate
from core.ui.page import page_settings
from core.web.security import limiter
from core.workflow.engine import history

bp = Blueprint("public_misuse", __name__, template_folder="templates")
WORDS = {
    "reported": "还没有开始核查。",
    "checking": "正在核查。",
    "noticed": "已告知当事人，等他陈述申辩。",
    "hearing": "当事人申请了听证，等举行。",
    "proposed": "等审定。",
    "decided": "已作出决定。",
    "published": "已作出决定并公布。",
    "closed": "已结案。",
    "dismissed": "没有立案。",
}


def _measures(measures: list[str]) -> str:
    """What was decided, in the language of the page."""
    if page_settings().lang != "en":
        return rules.measure_words(measures)
    return ", ".join(translate(rules.MEASURES[m], "en") for m in rules.MEASURES if m in measures)


def _why(case: MisuseCase) -> str:
    """Why a case came to nothing, for whoever reported it; '' while it runs and where misuse was found."""
    if case.state == "dismissed":
        return next((r.reason for r in reversed(history(rules.MISUSE_CASE, case.id)) if r.move == "dismiss"), "")
    return case.decision if case.state == "closed" and "none" in case.measures else ""


@bp.route("/misuse/report", methods=["GET", "POST"])
@public("anybody may report misuse of a mark, without signing in")
@limiter.limit("30 per hour", methods=["POST"])
def report() -> Any:
    """The form; a good POST answers with receipt number and secret."""
    try:
        return _report(ReportForm(data={"link": request.args.get("about", "")[:300]}))
    finally:
        for upload in request.files.values():
            upload.close()


def _report(form: ReportForm) -> Any:
    if form.validate_on_submit():
        form.claim_once()
        photo = form.photo.data.stream.read(service.MAX_PHOTO + 1) if form.photo.data else b""
        given = service.Given(
            str(form.mark.data),
            str(form.words.data),
            form.place.data or "",
            form.link.data or "",
            form.contact.data or "",
            photo,
        )
        try:
            receipt = service.report(given, request.remote_addr or "", current_actor())
        except DomainError as error:
            if error.status == 429 or not form.put_error(error):
                raise
        else:
            return render_template(
                "brand/misuse/received.html", receipt=receipt, days=queries.working_days("accept", clock.today())
            )
    in_page_language(form)
    form.contact.description %= {"days": queries.contact_kept(clock.today())}
    return render_template("brand/misuse/report.html", form=form), 422 if form.errors else 200


@bp.route("/misuse/progress", methods=["GET", "POST"])
@public("whoever reported asks with receipt number and secret")
@limiter.limit("20 per hour", methods=["POST"])
def progress() -> Any:
    """How far a report is; the secret never stands in an address."""
    form, case = ProgressForm(), None
    if form.validate_on_submit():
        try:
            case = service.progress(str(form.no.data), str(form.secret.data))
        except NotFound as error:
            form.no.errors = [f"{error.message}{error.help}"]
    in_page_language(form)
    shown = None
    if case is not None:
        state = rules.MISUSE_CASE.state(case.state)
        due = deadline_of(case, "accept") if case.state == "reported" else None
        shown = {
            "label": state.label, "tone": state.tone, "words": WORDS[case.state], "opened_at": case.opened_at,
            "due": due.date if due else None,
            "decision": _measures(case.measures) if case.state in ("decided", "published", "closed") else "",
            "why": _why(case),
            "href": url_for(".decision", public_id=case.public_id) if case.state == "published" else "",
        }  # fmt: skip
    return render_template("brand/misuse/progress.html", form=form, found=shown), 422 if form.errors else 200


@bp.get("/misuse/decisions")
@public("published decisions are for everybody until their last day")
def decisions() -> Any:
    """Decisions within their days of publication."""
    return render_template(
        "brand/misuse/decisions.html", rows=queries.published(), marks=rules.MARKS, label=rules.misuse_label,
        measures=_measures, days=queries.working_days("shown", clock.today()),
    )  # fmt: skip


@bp.get("/misuse/decisions/<uuid:public_id>")
@public("published decisions are for everybody until their last day")
def decision(public_id: uuid.UUID) -> Any:
    """One decision; gone after its last day."""
    case = queries.published_case(public_id)
    return render_template(
        "brand/misuse/decision.html", case=case, marks=rules.MARKS, label=rules.misuse_label(case.misuse),
        measures=_measures(case.measures),
    )  # fmt: skip
