"""Forms and moves of projects; the project page itself is drawn by the fund room, which knows the money."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for

from admin.project import permissions, queries, rules, service
from admin.project.forms import ContractForm, EvidenceForm, PolicyForm, ProjectForm, ReportForm, read_lines, read_stages
from admin.project.models import Project
from admin.project.screens import form_page, pressed, uploaded
from core.account.access import access, current_actor
from core.organisation.queries import of_kind
from core.ui import flash

blueprint = Blueprint("project", __name__, url_prefix="/fund", template_folder="templates")


def page_of(project: Project) -> str:
    """The address of the project page."""
    return url_for("fund.show", public_id=project.public_id)


def _crumbs(project: Project, last: str) -> list[tuple[str, str | None]]:
    return [("项目与拨付", url_for("fund.index")), (project.project_no, page_of(project)), (last, None)]


@blueprint.route("/projects/new", methods=["GET", "POST"])
@access(permissions.PROPOSE)
def new() -> Any:
    """Propose a project."""
    form, actor = ProjectForm(), current_actor()
    form.undertaker_id.choices = [(str(o.id), o.name) for o in of_kind("enterprise")]

    def deed(values: dict[str, Any]) -> Project:
        values["lines"], values["stages"] = read_lines(values["lines"]), read_stages(values["stages"])
        values["undertaker_id"] = int(values["undertaker_id"])
        return service.propose(**values, actor=actor)

    return form_page(
        form,
        deed,
        title="提出专项资金项目",
        back=page_of,
        submit="提出项目",
        crumbs=[("项目与拨付", url_for("fund.index")), ("提出项目", None)],
    )


@blueprint.post("/projects/<uuid:public_id>/budget")
@access(permissions.BUDGET)
def budget(public_id: UUID) -> Any:
    """The finance bureau reviews the budget."""
    project = queries.get_project(public_id, current_actor())
    service.review_budget(project, current_actor())
    flash("预算已审核。")
    return redirect(page_of(project))


@blueprint.post("/projects/<uuid:public_id>/move")
@access(permissions.VIEW)
def move(public_id: UUID) -> Any:
    """Fire a move of the project; the engine checks who may."""
    project, actor = queries.get_project(public_id, current_actor()), current_actor()
    deeds = {
        "approve": lambda _: service.approve(project, actor),
        "start": lambda _: service.start(project, actor),
        "suspend": lambda reason: service.suspend(project, actor, reason),
        "resume": lambda reason: service.resume(project, actor, reason),
        "complete": lambda _: service.complete(project, actor),
    }
    return pressed(rules.PROJECT, project, deeds, back=page_of(project))


@blueprint.route("/projects/<uuid:public_id>/contract", methods=["GET", "POST"])
@access(permissions.PROPOSE)
def contract(public_id: UUID) -> Any:
    """Register the contract."""
    project, actor = queries.get_project(public_id, current_actor()), current_actor()

    def deed(values: dict[str, Any]) -> Any:
        upload = uploaded(values)
        values.pop("file")
        return service.draft_contract(project, **values, actor=actor, upload=upload)

    return form_page(
        ContractForm(),
        deed,
        title="登记合同",
        back=page_of(project),
        submit="登记合同",
        crumbs=_crumbs(project, "登记合同"),
    )


@blueprint.post("/projects/<uuid:public_id>/contract/confirm")
@access(permissions.REPORT)
def confirm_contract(public_id: UUID) -> Any:
    """The undertaker agrees to the contract."""
    project = queries.get_project(public_id, current_actor())
    service.confirm_contract(service.contract_of(project), current_actor())
    flash("已确认合同。")
    return redirect(page_of(project))


@blueprint.post("/projects/<uuid:public_id>/contract/move")
@access(permissions.VIEW)
def contract_move(public_id: UUID) -> Any:
    """Fire a move of the contract."""
    project, actor = queries.get_project(public_id, current_actor()), current_actor()
    found = service.contract_of(project)
    deeds = {
        "sign": lambda _: service.sign_contract(found, actor),
        "complete": lambda _: service.complete_contract(found, actor),
        "terminate_request": lambda reason: service.request_termination(project.id, reason, actor),
        "approve": lambda reason: service.decide_termination(project.id, True, reason, actor),
        "refuse": lambda reason: service.decide_termination(project.id, False, reason, actor),
        "settle": lambda reason: service.settle_contract(found, actor, reason),
    }
    return pressed(rules.CONTRACT, found, deeds, back=page_of(project))


@blueprint.route("/projects/<uuid:public_id>/report", methods=["GET", "POST"])
@access(permissions.REPORT)
def report(public_id: UUID) -> Any:
    """Report the progress of a month."""
    project, actor = queries.get_project(public_id, current_actor()), current_actor()
    return form_page(
        ReportForm(), lambda values: service.submit_report(project, **values, actor=actor), title="报送进度",
        back=page_of(project), submit="报送", crumbs=_crumbs(project, "报送进度"), done="进度报告已报送。",
    )  # fmt: skip


@blueprint.route("/projects/<uuid:public_id>/evidence", methods=["GET", "POST"])
@access(permissions.VIEW)
def evidence(public_id: UUID) -> Any:
    """Add a piece of evidence; the service decides who may."""
    project, actor = queries.get_project(public_id, current_actor()), current_actor()
    form = EvidenceForm()
    form.stage_number.choices = [
        ("", "整个项目"),
        *((str(s.number), f"第 {s.number} 阶段 {s.name}") for s in queries.stages_of(project.id)),
    ]

    def deed(values: dict[str, Any]) -> Any:
        number = int(values["stage_number"]) if values["stage_number"] else None
        return service.add_evidence(
            project,
            values["kind"],
            values["title"],
            actor,
            stage_number=number,
            note=values["note"] or "",
            upload=uploaded(values),
        )

    return form_page(
        form,
        deed,
        title="补充材料",
        back=page_of(project),
        submit="上传",
        crumbs=_crumbs(project, "补充材料"),
        done="材料已归档。",
    )


@blueprint.route("/policies", methods=["GET", "POST"])
@access(permissions.POLICY)
def policies() -> Any:
    """Register the publicity and the filings of plan and measures."""
    actor = current_actor()
    return form_page(
        PolicyForm(), lambda values: service.record_policy(**{**values, "city_filing_no": values["city_filing_no"] or "",
        "province_filing_no": values["province_filing_no"] or ""}, actor=actor),
        title="方案和办法的公示、备案", back=url_for(".policy_list"), submit="登记", done="已登记。",
        lead="公示满 5 个工作日并完成市报送、省备案，才能作为项目和资金业务的依据（资金办法 §4）。",
    )  # fmt: skip


@blueprint.get("/policies/list")
@access(permissions.VIEW)
def policy_list() -> Any:
    """Governing documents and whether they are in force."""
    return render_template("admin/project/policies.html", rows=service.policy_states())
