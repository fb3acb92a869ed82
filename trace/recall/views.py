"""Pages of recalls: the list, one recall with its desk, its forms, and the public notices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core import clock
from core.account.access import access, current_actor, public
from core.errors import DomainError, RuleBroken, Unmet
from core.file.service import store
from core.organisation import queries as organisations
from core.ui import flash
from core.ui.forms import Form
from core.ui.moves import requested_move
from core.ui.tables import Column, Filter, Table
from core.workflow.engine import history, moves_for
from trace.graph import export
from trace.graph import queries as graph
from trace.graph import rules as graph_rules
from trace.lot import queries as lots
from trace.recall import followup, queries, report, rules, scope, service
from trace.recall.forms import (
    ApproveForm,
    RecallForm,
    RecoveryForm,
    ReverseForm,
    SummaryForm,
    ToldForm,
    WidenForm,
)  # fmt: skip
from trace.recall.models import Recall
from trace.recall.permissions import APPROVE, PROPOSE, VIEW
from trace.recall.rules import RECALL

bp = Blueprint("recall", __name__, template_folder="templates")
DESK = "/trace/recalls"
OPEN = "召回要让所有买到的人知道"
LINKED = {"approve": "recall.approve", "widen": "recall.widen"}


@bp.get(f"{DESK}/")
@access(VIEW)
def index() -> ResponseReturnValue:
    """Every recall the actor may see."""
    actor = current_actor()
    names = organisations.names(queries.owners())
    table = Table(
        queries.table_for(actor),
        [
            Column("recall_no", "编号", sort=Recall.recall_no, link=lambda r: url_for(".show", public_id=r.public_id)),
            Column("organisation", "企业", value=lambda r: names.get(r.organisation_id, "")),
            Column("level", "级别", sort=Recall.level, value=lambda r: rules.LEVELS[r.level][0]),
            Column("reason", "原因"),
            Column("due_on", "总结期限", kind="date", sort=Recall.due_on),
            Column("state", "状态", kind="chip", sort=Recall.state, value=lambda r: (RECALL.label_of(r.state), RECALL.state(r.state).tone)),
        ],
        filters=[
            Filter("q", "编号", search=(Recall.recall_no,)),
            Filter("state", "状态", column=Recall.state, choices=[(s.key, s.label) for s in RECALL.states]),
        ],
        default_sort="-recall_no",
        name="recalls",
        empty="还没有召回。",
    )  # fmt: skip
    page: ResponseReturnValue = table.respond("trace/recall/index.html")
    return page


@bp.route(f"{DESK}/new", methods=["GET", "POST"])
@access(PROPOSE)
def new() -> ResponseReturnValue:
    """Write down a recall; nothing is stopped until it is proposed."""
    actor = current_actor()
    form: Any = RecallForm()
    if not form.is_submitted() and request.args.get("lot"):
        form.lots.data = lots.load(request.args["lot"], actor).lot_no

    def deed() -> str:
        recall = service.draft(
            actor, lot_ids=queries.lots_typed(form.lots.data, actor), level=form.level.data, reason=form.reason.data,
            action=form.action.data, refund=form.refund.data, phone=form.phone.data, due_on=form.due_on.data,
        )  # fmt: skip
        return url_for(".show", public_id=recall.public_id)

    return _form(form, deed, title="提一次召回", submit="保存，下一步再提出", back=url_for(".index"))


def _form(
    form: Form, deed: Callable[[], str], *, title: str, submit: str, back: str, lead: str = "", done: str = ""
) -> ResponseReturnValue:
    """One form on a page: runs the deed and goes where it says, or shows everything to change."""
    status = 200
    unmet: tuple[Unmet, ...] = ()
    if form.is_submitted():
        status = 400
        if form.validate():
            form.claim_once()
            try:
                target = deed()
            except DomainError as error:
                if error.status in (401, 403, 404):
                    raise
                status, unmet = error.status, error.unmet
                if not unmet:
                    form.put_error(error)
            else:
                if done:
                    flash(done)
                return redirect(target)
    page = render_template(
        "trace/recall/form.html", form=form, page_title=title, submit=submit, back=back, lead=lead, unmet=unmet
    )
    return page, status


def _url(recall: Recall) -> str:
    return url_for("recall.show", public_id=recall.public_id)


@bp.get(f"{DESK}/<uuid:public_id>")
@access(VIEW)
def show(public_id: UUID) -> ResponseReturnValue:
    """One recall: figures, lots, parties, recoveries, and what the actor may do now."""
    actor = current_actor()
    recall = queries.get(public_id, actor)
    views = moves_for(RECALL, recall, actor)
    return render_template(
        "trace/recall/show.html",
        recall=recall, page=queries.page(recall), rules=rules, kg=rules.kg, RECALL=RECALL, history=history(RECALL, recall.id),
        moves=[v for v in views if v.move.key not in LINKED],
        linked=[(v, url_for(LINKED[v.move.key], public_id=public_id)) for v in views if v.move.key in LINKED],
        organisation=organisations.get_organisation(recall.organisation_id),
        may_record=recall.state == "running" and (actor.can(PROPOSE) or actor.can(APPROVE)),
        public_path=url_for(".notice", recall_no=recall.recall_no) if recall.state in queries.PUBLIC_STATES else "",
    )  # fmt: skip


@bp.post(f"{DESK}/<uuid:public_id>/move")
@access(VIEW)
def move(public_id: UUID) -> ResponseReturnValue:
    """Fire the pressed move; the engine asks for the move's own permission."""
    actor = current_actor()
    recall = queries.get(public_id, actor)
    wish = requested_move(RECALL, recall, back=_url(recall))
    if wish.page is not None:
        page: ResponseReturnValue = wish.page
        return page
    deeds: dict[str, Callable[[], Any]] = {
        "propose": lambda: service.propose(recall, actor),
        "order": lambda: service.propose(recall, actor),
        "refuse": lambda: service.refuse(recall, actor, wish.reason),
        "report": lambda: service.report(recall, actor),
        "back": lambda: service.send_back(recall, actor, wish.reason),
        "close": lambda: service.close(recall, actor, wish.reason),
    }
    if wish.key not in deeds:
        raise RuleBroken("这一步要填写内容，请从页面上的按钮进入。", code="move.needs_form")
    deeds[wish.key]()
    flash(f"已{RECALL.move(wish.key).label}。")
    return redirect(_url(recall))


@bp.route(f"{DESK}/<uuid:public_id>/approve", methods=["GET", "POST"])
@access(APPROVE)
def approve(public_id: UUID) -> ResponseReturnValue:
    """Approve, with the day the report is due; the page says what happens at once."""
    actor = current_actor()
    recall = queries.get(public_id, actor)
    form: Any = ApproveForm()
    if not form.is_submitted():
        form.due_on.data = recall.due_on

    def deed() -> str:
        service.approve(recall, actor, due_on=form.due_on.data)
        return _url(recall)

    lead = "批准后立即生效，不能撤回：扫码页换成召回说明，库存、购物车和没发货的订单都停住，逐个通知买到的人，批次清单签名写入存证日志。"
    return _form(
        form,
        deed,
        title=f"批准召回 {recall.recall_no}",
        submit="批准，立即召回",
        back=_url(recall),
        lead=lead,
        done="召回已开始。",
    )


@bp.route(f"{DESK}/<uuid:public_id>/widen", methods=["GET", "POST"])
@access(APPROVE)
def widen(public_id: UUID) -> ResponseReturnValue:
    """Add lots to a running recall."""
    actor = current_actor()
    recall = queries.get(public_id, actor)
    form: Any = WidenForm()

    def deed() -> str:
        service.widen(recall, queries.lots_typed(form.lots.data, actor), actor, form.reason.data)
        return _url(recall)

    return _form(
        form,
        deed,
        title=f"扩大范围 {recall.recall_no}",
        submit="扩大范围，立即停售",
        back=_url(recall),
        done="范围已扩大。",
    )


@bp.route(f"{DESK}/<uuid:public_id>/edit", methods=["GET", "POST"])
@access(PROPOSE)
def edit(public_id: UUID) -> ResponseReturnValue:
    """Change a draft."""
    actor = current_actor()
    recall = queries.get(public_id, actor)
    form: Any = RecallForm(obj=recall)
    if not form.is_submitted():
        form.lots.data = "\n".join(view.lot_no for view in lots.lots_by_id(queries.named_lots(recall.id)).values())

    def deed() -> str:
        form.check_version(recall)
        service.edit(
            recall, actor, level=form.level.data, reason=form.reason.data, action=form.action.data,
            refund=form.refund.data, phone=form.phone.data, due_on=form.due_on.data,
        )  # fmt: skip
        service.add_lots(recall, queries.lots_typed(form.lots.data, actor), actor)
        return _url(recall)

    return _form(form, deed, title=f"修改 {recall.recall_no}", submit="保存", back=_url(recall), done="已保存。")


@bp.route(f"{DESK}/<uuid:public_id>/recover", methods=["GET", "POST"])
@access(PROPOSE)
def recover(public_id: UUID) -> ResponseReturnValue:
    """Write down where some of a lot is now."""
    actor = current_actor()
    recall = queries.get(public_id, actor)
    form: Any = RecoveryForm()
    form.lot.choices = [
        (str(line.lot_id), f"批次 {line.lot_no}，还有 {rules.kg(max(0, line.open_g))} kg 没有下落")
        for line in queries.lines(recall.id)
    ]
    if not form.is_submitted():
        form.on.data = clock.today()
        form.lot.data = request.args.get("lot", "")

    def deed() -> str:
        file_id = None
        if form.file.data is not None:
            kind = "document" if form.file.data.filename.lower().endswith(".pdf") else "picture"
            file_id = store(
                form.file.data.stream, form.file.data.filename, kind=kind, actor=actor,
                owner_organisation_id=recall.organisation_id,
            ).id  # fmt: skip
        followup.recover(
            recall, int(form.lot.data), actor, kind=form.kind.data, mass_g=form.mass_g.data, on=form.on.data,
            note=form.note.data, file_id=file_id,
        )  # fmt: skip
        return _url(recall)

    return _form(form, deed, title="登记下落", submit="登记", back=_url(recall), done="已登记。")


@bp.route(f"{DESK}/<uuid:public_id>/recoveries/<uuid:key>/reverse", methods=["GET", "POST"])
@access(PROPOSE)
def reverse(public_id: UUID, key: UUID) -> ResponseReturnValue:
    """Take a wrong line back."""
    actor = current_actor()
    recall = queries.get(public_id, actor)
    form: Any = ReverseForm()

    def deed() -> str:
        followup.reverse(recall, key, actor, form.note.data)
        return _url(recall)

    return _form(
        form,
        deed,
        title="冲销一笔下落",
        submit="冲销",
        back=_url(recall),
        lead="冲销后这一笔仍然看得到，只是不再计数。",
        done="已冲销。",
    )


@bp.route(f"{DESK}/<uuid:public_id>/parties/<uuid:key>", methods=["GET", "POST"])
@access(PROPOSE)
def told(public_id: UUID, key: UUID) -> ResponseReturnValue:
    """A party told by telephone or in person, or why it cannot be reached."""
    actor = current_actor()
    recall = queries.get(public_id, actor)
    form: Any = ToldForm()

    def deed() -> str:
        followup.write_told(recall, key, actor, reached=form.reached.data == "1", note=form.note.data)
        return _url(recall)

    return _form(form, deed, title="登记通知情况", submit="登记", back=_url(recall), done="已登记。")


@bp.route(f"{DESK}/<uuid:public_id>/summary", methods=["GET", "POST"])
@access(PROPOSE)
def summary(public_id: UUID) -> ResponseReturnValue:
    """Write the report."""
    actor = current_actor()
    recall = queries.get(public_id, actor)
    form: Any = SummaryForm(obj=recall)

    def deed() -> str:
        form.check_version(recall)
        service.summarise(recall, actor, form.summary.data)
        return _url(recall)

    return _form(form, deed, title="召回总结", submit="保存总结", back=_url(recall), done="总结已保存。")


@bp.get(f"{DESK}/<uuid:public_id>/export.xlsx")
@access(VIEW)
def export_xlsx(public_id: UUID) -> ResponseReturnValue:
    """The 24-hour export of everything in scope."""
    from trace.graph.views import spreadsheet

    actor = current_actor()
    recall = queries.get(public_id, actor)
    ids = scope.ids(recall.id)
    found = graph.collect(ids, actor)
    parties = graph.parties_of(ids, actor)
    return spreadsheet(export.workbook(found, graph_rules.warnings(found), parties), f"recall-{recall.recall_no}")


@bp.get(f"{DESK}/<uuid:public_id>/report.pdf")
@access(VIEW)
def report_pdf(public_id: UUID) -> ResponseReturnValue:
    """The effectiveness report as it stands now."""
    recall = queries.get(public_id, current_actor())
    return Response(report.pdf(recall), content_type="application/pdf", headers=report.name_of(recall))


@bp.get("/recalls/")
@public(OPEN)
def public_index() -> ResponseReturnValue:
    """Recalls the public should know of."""
    found = queries.published()
    return render_template(
        "trace/recall/public_index.html", recalls=found, rules=rules, RECALL=RECALL,
        names=organisations.names([r.organisation_id for r in found]),
    )  # fmt: skip


@bp.get("/recalls/<recall_no>")
@public(OPEN)
def notice(recall_no: str) -> ResponseReturnValue:
    """One recall as the public reads it: what happened, what to do, which lots, how far it got."""
    recall = queries.by_number(recall_no)
    page = queries.page(recall, most=0)
    return render_template(
        "trace/recall/notice.html", recall=recall, page=page, notice=queries.notice_of(recall), rules=rules, kg=rules.kg,
        organisation=organisations.get_organisation(recall.organisation_id),
    )  # fmt: skip
