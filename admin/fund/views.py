"""Projects with their money, claims, and their moves."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for

from admin.disclosure.queries import publicity_of
from admin.fund import page, permissions, queries, service
from admin.fund.forms import BankForm, ClaimForm, InvoiceForm
from admin.fund.models import Claim, Retention
from admin.fund.rules import CLAIM
from admin.fund.rules_retention import RETENTION
from admin.project import queries as projects
from admin.project.models import Project
from admin.project.rules import CONTRACT, PROJECT
from admin.project.screens import form_page, pressed, split_moves, uploaded
from admin.supervision.rules import FINDING
from core.account.access import access, current_actor
from core.errors import NotFound
from core.money import yuan
from core.organisation.queries import get_organisation
from core.organisation.queries import names as organisation_names
from core.ui import flash
from core.ui.tables import XLSX, Column, Filter, Table, to_csv, to_xlsx
from core.workflow.engine import MoveView, history, moves_for

blueprint = Blueprint("fund", __name__, url_prefix="/fund", template_folder="templates")


def claim_url(claim: Claim) -> str:
    """The page of a claim."""
    return url_for("fund.claim", public_id=claim.public_id)


@blueprint.get("/")
@access(permissions.VIEW)
def index() -> Any:
    """The projects the actor may see."""
    actor = current_actor()
    query = projects.for_actor(actor).order_by(None)
    ids = queries.project_ids(query)
    paid, owners = queries.paid_by_project(ids), organisation_names(queries.undertakers(query))
    table = Table(
        query,
        columns=[
            Column(
                "project_no",
                "编号",
                sort=Project.project_no,
                link=lambda r: url_for("fund.show", public_id=r.public_id),
            ),
            Column("name", "项目", sort=Project.name),
            Column("undertaker", "承办主体", value=lambda r: owners.get(r.undertaker_id, "")),
            Column("award_fen", "核定（元）", kind="money", sort=Project.award_fen),
            Column("paid", "已拨（元）", kind="money", value=lambda r: paid[r.id]),
            Column(
                "state", "状态", kind="chip", value=lambda r: (PROJECT.label_of(r.state), PROJECT.state(r.state).tone)
            ),
        ],
        filters=[
            Filter("q", "编号或名称", search=(Project.project_no, Project.name)),
            Filter("state", "状态", column=Project.state, choices=[(s.key, s.label) for s in PROJECT.states]),
        ],
        default_sort="-project_no",
        name="projects",
        empty="还没有专项资金项目。",
    )
    return table.respond("admin/fund/index.html")


@blueprint.get("/projects/<uuid:public_id>")
@access(permissions.VIEW)
def show(public_id: UUID) -> Any:
    """The project page: money, publicity, stages, findings, files, gates, history."""
    actor = current_actor()
    project = projects.get_project(public_id, actor)
    if request.args.get("format") in ("csv", "xlsx"):
        return _export(project, str(request.args["format"]))
    found = page.context(project, actor)
    contract = found["contract"]
    return render_template(
        "admin/fund/project.html", **found, PROJECT=PROJECT, CLAIM=CLAIM, CONTRACT=CONTRACT, FINDING=FINDING, RETENTION=RETENTION,
        undertaker=get_organisation(project.undertaker_id), project_moves=moves_for(PROJECT, project, actor),
        contract_moves=moves_for(CONTRACT, contract, actor) if contract else [],
        own=project.undertaker_id == actor.organisation_id, entries=len(page.ledger_rows(project)),
        retention_moves=moves_for(RETENTION, found["retention"], actor) if found["retention"] else [],
    )  # fmt: skip


def _export(project: Project, kind: str) -> Response:
    head = ["日期", "账簿", "事项", "科目", "借方（元）", "贷方（元）", "摘要"]
    rows = [[r[0], r[1], r[2], r[3], yuan(r[4]), yuan(r[5]), r[6]] for r in page.ledger_rows(project)]
    data, mime = (
        (to_csv(head, rows), "text/csv; charset=utf-8") if kind == "csv" else (to_xlsx(head, rows, "ledger"), XLSX)
    )
    response = Response(data, content_type=mime)
    response.headers["Content-Disposition"] = f'attachment; filename="{project.project_no}.{kind}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/projects/<uuid:public_id>/manage")
@access(permissions.VIEW)
def manage(public_id: UUID) -> Any:
    """The moves of the project that need a reason."""
    actor = current_actor()
    project = projects.get_project(public_id, actor)
    return render_template(
        "admin/fund/manage.html", project=project, heading="暂停或恢复建设", workflow=PROJECT, obj=project,
        views=[v for v in moves_for(PROJECT, project, actor) if v.move.reason], past=history(PROJECT, project.id),
        action=url_for("project.move", public_id=public_id),
    )  # fmt: skip


@blueprint.get("/projects/<uuid:public_id>/contract/manage")
@access(permissions.VIEW)
def manage_contract(public_id: UUID) -> Any:
    """The moves of the contract that need a reason."""
    actor = current_actor()
    project = projects.get_project(public_id, actor)
    contract = projects.contract_of(project.id)
    if contract is None:
        raise NotFound("这个项目还没有合同。", help="先登记合同。")
    return render_template(
        "admin/fund/manage.html", project=project, heading="终止和清算", workflow=CONTRACT, obj=contract,
        views=[v for v in moves_for(CONTRACT, contract, actor) if v.move.reason], past=history(CONTRACT, contract.id),
        action=url_for("project.contract_move", public_id=public_id),
    )  # fmt: skip


@blueprint.post("/projects/<uuid:public_id>/allocate")
@access(permissions.ALLOT)
def allocate(public_id: UUID) -> Any:
    """The finance bureau sets the award aside for the project."""
    project = projects.get_project(public_id, current_actor())
    service.allocate(project, current_actor())
    flash("资金已分配到项目。")
    return redirect(url_for(".show", public_id=public_id))


@blueprint.route("/projects/<uuid:public_id>/claim", methods=["GET", "POST"])
@access(permissions.CLAIM)
def new_claim(public_id: UUID) -> Any:
    """The undertaker starts a claim for a stage."""
    project, actor, form = projects.get_project(public_id, current_actor()), current_actor(), ClaimForm()
    form.stage_number.choices = [
        (str(s.number), f"第 {s.number} 阶段 {s.name}")
        for s in projects.stages_of(project.id)
        if queries.live_claim(s.id) is None
    ]
    return form_page(
        form, lambda v: service.draft_claim(project, int(v["stage_number"]), v["gross_fen"], v["progress"], actor),
        title="申请拨付", back=claim_url, submit="保存草稿", lead=project.name,
        crumbs=[("项目与拨付", url_for(".index")), (project.project_no, url_for(".show", public_id=public_id)), ("申请拨付", None)],
    )  # fmt: skip


@blueprint.get("/claims/<uuid:public_id>")
@access(permissions.VIEW)
def claim(public_id: UUID) -> Any:
    """One claim with its statement, invoices and gates."""
    actor = current_actor()
    found = queries.get_claim(public_id, actor)
    project = projects.by_id(found.project_id)
    pages = {"pay": url_for(".pay", public_id=public_id), "confirm_receipt": url_for(".receipt", public_id=public_id)}
    plain, linked = split_moves(_fitting(found, moves_for(CLAIM, found, actor)), pages)
    net = queries.net_posted(found)
    return render_template(
        "admin/fund/claim.html", claim=found, project=project, CLAIM=CLAIM, plain=plain, linked=linked,
        stage=next(s for s in projects.stages_of(project.id) if s.id == found.stage_id), invoices=queries.invoices_of(found.id),
        lines={line.id: line.name for line in projects.lines_of(project.id)}, gates=page.claim_gates(found, actor),
        net_fen=net if net is not None else found.gross_fen - queries.figures(project).retain_of(found.gross_fen),
        public=publicity_of(Claim.__tablename__, found.id), past=history(CLAIM, found.id),
        own=project.undertaker_id == actor.organisation_id, undertaker=get_organisation(project.undertaker_id),
    )  # fmt: skip


def _fitting(found: Claim, views: list[MoveView]) -> list[MoveView]:
    """Only the way back that fits, and no second confirmation of a receipt."""
    back = f"unfreeze_to_{found.frozen_from}"
    return [
        v
        for v in views
        if v.move.key != "objection"  # taken from the public window, never pressed here
        and (not v.move.key.startswith("unfreeze_to_") or v.move.key == back)
        and not (v.move.key == "confirm_receipt" and found.received_on is not None)
    ]


@blueprint.route("/claims/<uuid:public_id>/invoice", methods=["GET", "POST"])
@access(permissions.CLAIM)
def invoice(public_id: UUID) -> Any:
    """Add an invoice to a draft claim."""
    found, actor, form = queries.get_claim(public_id, current_actor()), current_actor(), InvoiceForm()
    form.line_id.choices = [(str(x.id), f"{x.category} {x.name}") for x in projects.lines_of(found.project_id)]
    return form_page(
        form, lambda v: service.add_invoice(found, v["invoice_no"], v["amount_fen"], int(v["line_id"]), actor, upload=uploaded(v)),
        title=f"登记发票 {found.claim_no}", back=claim_url(found), submit="登记发票",
    )  # fmt: skip


@blueprint.route("/claims/<uuid:public_id>/pay", methods=["GET", "POST"])
@access(permissions.PAY)
def pay(public_id: UUID) -> Any:
    """The finance bureau pays: another person than the adviser."""
    found, actor = queries.get_claim(public_id, current_actor()), current_actor()
    net = queries.net_posted(found) or 0
    return form_page(
        BankForm(), lambda v: service.pay(found, actor, bank_ref=v["bank_ref"]), title=f"拨付 {found.claim_no}",
        back=claim_url(found), submit=f"拨付 {yuan(net)} 元", lead="拨付后不能撤回，只能按程序追回。付款人和出具支付建议的人须为两人。",
        done="已拨付，分录已入账。",
    )  # fmt: skip


@blueprint.route("/claims/<uuid:public_id>/receipt", methods=["GET", "POST"])
@access(permissions.CLAIM)
def receipt(public_id: UUID) -> Any:
    """The undertaker confirms the receipt."""
    found, actor = queries.get_claim(public_id, current_actor()), current_actor()
    return form_page(
        BankForm(), lambda v: service.confirm_receipt(found, actor, bank_ref=v["bank_ref"]), title=f"确认到账 {found.claim_no}",
        back=claim_url(found), submit="确认到账", lead="填银行回单上的流水号，要和拨付时的一致。", done="已确认到账，记入项目专账。",
    )  # fmt: skip


@blueprint.post("/claims/<uuid:public_id>/move")
@access(permissions.VIEW)
def move(public_id: UUID) -> Any:
    """Fire a move of the claim; the engine checks who may."""
    found, actor = queries.get_claim(public_id, current_actor()), current_actor()
    deeds = {
        "submit": lambda _: service.submit(found, actor),
        "return": lambda reason: service.send_back(found, actor, reason),
        "commerce_ok": lambda _: service.commerce_ok(found, actor),
        "publicise": lambda _: service.publicise(found, actor),
        "advise": lambda _: service.advise(found, actor),
        "refuse": lambda reason: service.refuse(found, actor, reason),
        "freeze": lambda reason: service.freeze(found, actor, reason),
        **{
            m.key: lambda reason: service.unfreeze(found, actor, reason)
            for m in CLAIM.moves
            if m.key.startswith("unfreeze_to_")
        },
    }
    return pressed(CLAIM, found, deeds, back=claim_url(found))


@blueprint.route("/projects/<uuid:public_id>/retention", methods=["GET", "POST"])
@access(permissions.PAY)
def pay_retention(public_id: UUID) -> Any:
    """The finance bureau pays the retention after the final acceptance."""
    project, actor = projects.get_project(public_id, current_actor()), current_actor()
    retention: Retention | None = queries.retention_of(project.id)
    if retention is None:
        raise NotFound("这个项目还没有预留尾款。", help="第一期公示期满后开始预留。")
    return form_page(
        BankForm(), lambda v: service.pay_retention(retention, actor, bank_ref=v["bank_ref"]), title="付尾款",
        back=url_for(".show", public_id=public_id), submit="付尾款", lead=project.name, done="尾款已付清，项目结清。",
    )  # fmt: skip
