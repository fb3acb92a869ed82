"""Pages of support: policies everybody reads, claims of enterprises, the desk, the payment list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for

from admin.disclosure import queries as disclosure
from admin.project.screens import form_page, uploaded
from admin.support import permissions, queries, rules, service
from admin.support.forms import PolicyForm, claim_form
from admin.support.models import Claim, Payment, PolicyVersion
from admin.support.rules import SUPPORT
from core import clock
from core.account.access import access, current_actor, public
from core.errors import BadInput, NotFound
from core.file.queries import files_by_id
from core.money import yuan_grouped as yuan
from core.organisation import queries as organisations
from core.ui import flash
from core.ui.moves import requested_move
from core.ui.tables import Column, Filter, Table
from core.workflow.engine import history, moves_for

blueprint = Blueprint("support", __name__, template_folder="templates")
CONSEQUENCES = {"publicity": ["转入清单后由财政局拨付，这笔申领不能再改。"]}


@blueprint.get("/support")
@public("policies are published for everybody")
def policies() -> str:
    """The policies in force and their earlier versions, in words; whoever claims or decides stays in the office."""
    actor = current_actor()
    return render_template(
        "admin/support/policies.html",
        days=queries.publicity_days(clock.today()),
        current={v.id for v in queries.current()},
        versions=queries.versions(),
        kinds=rules.KINDS,
        words=_words,
        inside=actor.organisation_id is not None and actor.can(rules.VIEW),
        may_claim=actor.organisation_id is not None and actor.can(rules.CLAIM),
        may_publish=actor.can(rules.PUBLISH),
    )


def _words(version: PolicyVersion) -> list[str]:
    """The rule of a version as sentences."""
    rule = rules.from_data(version.rule)
    said = []
    if rule.percent_bp:
        start = f"超过 {yuan(rule.threshold_fen)} 元的部分" if rule.threshold_fen else rules.FACTS[rule.kind][0][1]
        said.append(f"{start}，按 {rule.percent_bp / 100:g}% 计。")
    if rule.unit_fen:
        most = f"，最多 {rule.most_units} 项" if rule.most_units else ""
        said.append(f"每项 {yuan(rule.unit_fen)} 元{most}。")
    said += [f"达到 {yuan(start)} 元，奖励 {yuan(award)} 元。" for start, award in rule.tiers]
    said += [f"每期封顶 {yuan(rule.cap_fen)} 元。"] if rule.cap_fen else []
    said += ["期间内要有在租的园区单元。"] if rule.needs_lease else []
    return [*said, "先确认本年度企业信息；同一期间同一类只享受一次。"]


@blueprint.route("/support/publish", methods=["GET", "POST"])
@access(permissions.PUBLISH)
def publish() -> Any:
    """Publish a new version of a policy."""

    def deed(values: dict[str, Any]) -> Any:
        try:
            tiers = rules.read_tiers(values["tiers"] or "")
        except ValueError as wrong:
            raise BadInput(
                f"分档第 {wrong} 行写得不对。",
                code="support.tiers",
                field="tiers",
                help="一行两个整数：起点和奖励，用空格隔开。",
            ) from wrong
        percent = values["percent"]
        rule = rules.Rule(
            kind=values["kind"], percent_bp=round(percent * 100) if percent is not None else 0, threshold_fen=values["threshold_fen"] or 0,
            unit_fen=values["unit_fen"] or 0, most_units=values["most_units"] or 0, tiers=tiers,
            cap_fen=values["cap_fen"] or 0, needs_lease=bool(values["needs_lease"]),
        )  # fmt: skip
        return service.publish(
            current_actor(), rule=rule, title=values["title"], document=values["document"], from_on=values["from_on"],
            until_on=values["until_on"],
        )  # fmt: skip

    return form_page(
        PolicyForm(), deed, title="发布扶持政策", submit="发布新版本", back=url_for(".policies"), done="已发布。",
        crumbs=[("扶持政策", url_for(".policies")), ("发布", None)],
        lead="发布后的版本不能改，只能从它结束的次日起发布新版本。比例、单项、分档三种算法只填一种。",
    )  # fmt: skip


@blueprint.get("/support/claims")
@access(permissions.VIEW)
def index() -> Any:
    """The claims the actor may see."""
    actor = current_actor()
    name, name_key = organisations.name_of(Claim.organisation_id)
    desk = actor.organisation_kind in queries.DESKS
    table = Table(
        queries.claims(actor).add_columns(name.label("who")),
        columns=[
            Column("claim_no", "编号", value=lambda r: r[0].claim_no, sort=Claim.claim_no, link=lambda r: url_for(".show", public_id=r[0].public_id)),
            *([Column("who", "企业", value=lambda r: r.who, sort=name_key)] if desk else []),
            Column("kind", "类别", value=lambda r: rules.KINDS[r[0].kind]),
            Column("period", "期间", value=lambda r: f"{r[0].period_from} 至 {r[0].period_to}", sort=Claim.period_from),
            Column("amount", "金额（元）", kind="money", value=lambda r: r[0].amount_fen, sort=Claim.amount_fen),
            Column("state", "状态", kind="chip", value=lambda r: (SUPPORT.label_of(r[0].state), SUPPORT.state(r[0].state).tone)),
        ],
        filters=[
            Filter("kind", "类别", column=Claim.kind, choices=list(rules.KINDS.items())),
            Filter("state", "状态", column=Claim.state, choices=[(s.key, s.label) for s in SUPPORT.states]),
        ],
        default_sort="-claim_no",
        name="support-claims",
        empty="还没有收到申领。" if desk else "还没有申领过。到“扶持政策”里选一项申领。",
    )  # fmt: skip
    return table.respond("admin/support/index.html", title="扶持申领")


@blueprint.get("/support/payments")
@access(permissions.VIEW)
def payments() -> Any:
    """The payment list: each claim once."""
    actor = current_actor()
    name, name_key = organisations.name_of(Payment.organisation_id)
    query, desk = queries.payments().add_columns(name.label("who")), actor.organisation_kind in queries.DESKS
    if not desk:
        query = query.where(Payment.organisation_id == actor.organisation_id)
    table = Table(
        query,
        columns=[
            Column("list_no", "清单号", value=lambda r: r[0].list_no, sort=Payment.list_no),
            Column("claim_no", "申领号", value=lambda r: r[1].claim_no, link=lambda r: url_for(".show", public_id=r[1].public_id)),
            *([Column("who", "企业", value=lambda r: r.who, sort=name_key)] if desk else []),
            Column("amount", "金额（元）", kind="money", value=lambda r: r[0].amount_fen, sort=Payment.amount_fen),
            Column("sent_at", "转入", kind="moment", value=lambda r: r[0].sent_at, sort=Payment.sent_at),
        ],
        default_sort="-list_no",
        name="support-payments",
        empty="还没有转入清单的申领。",
    )  # fmt: skip
    return table.respond("admin/support/index.html", title="扶持拨付清单")


@blueprint.route("/support/claims/new/<kind>", methods=["GET", "POST"])
@access(permissions.CLAIM)
def new(kind: str) -> Any:
    """Open a claim under the policy in force."""
    version = next((v for v in queries.current() if v.kind == kind), None)
    if version is None:
        raise NotFound("这一类现在没有有效的政策。", help="看看“扶持政策”里的有效期。")

    def deed(values: dict[str, Any]) -> Any:
        period = rules.quarter(values["year"], int(values["quarter"]))
        return service.open_claim(
            version, current_actor(), period=period, stated=values.get("stated"), file=uploaded(values)
        )

    return form_page(
        claim_form(kind), deed, title=f"申领{version.title}", submit="计算并保存草稿", cancel=url_for(".policies"),
        back=lambda claim: url_for(".show", public_id=claim.public_id),
        crumbs=[("扶持政策", url_for(".policies")), ("申领", None)], lead="".join(_words(version)),
    )  # fmt: skip


@blueprint.route("/support/claims/<uuid:public_id>/edit", methods=["GET", "POST"])
@access(permissions.CLAIM)
def edit(public_id: UUID) -> Any:
    """Mend the figure or its paper; the amount is computed anew."""
    claim = queries.claim_for(public_id, current_actor())

    def deed(values: dict[str, Any]) -> Any:
        return service.fill_in(claim, current_actor(), stated=values.get("stated"), file=uploaded(values))

    form, back = claim_form(claim.kind, fixed=True), url_for(".show", public_id=public_id)
    if not form.is_submitted() and "stated" in form:
        form.stated.data = claim.stated
    return form_page(
        form, deed, title=f"修改 {claim.claim_no}", submit="重新计算", back=back, done="已重新计算。",
        crumbs=[("扶持申领", url_for(".index")), (claim.claim_no, back), ("修改", None)],
    )  # fmt: skip


@blueprint.get("/support/claims/<uuid:public_id>")
@access(permissions.VIEW)
def show(public_id: UUID) -> Any:
    """One claim: the computation line by line, what stands against it, the publicity, what may be done."""
    actor = current_actor()
    claim = queries.claim_for(public_id, actor)
    version = queries.get_version(claim.version_id)
    found = disclosure.publicity_of(Claim.__tablename__, claim.id)
    now = service.entitlement(
        version, claim.organisation_id, claim.period_from, claim.period_to, claim.stated, claim_id=claim.id
    )
    return render_template(
        "admin/support/claim.html",
        claim=claim,
        version=version,
        kind=rules.KINDS[claim.kind],
        who=organisations.get_organisation(claim.organisation_id),
        unmet=now.unmet if claim.state in ("draft", "returned", "submitted", "reviewed") else (),
        paper=files_by_id([claim.file_id]).get(claim.file_id) if claim.file_id else None,
        item=found[0] if found else None,
        publicity=found[1] if found else None,
        today=clock.today(),
        payment=queries.payment_of(claim),
        editable=claim.state in ("draft", "returned") and claim.organisation_id == actor.organisation_id,
        workflow=SUPPORT,
        moves=moves_for(SUPPORT, claim, actor),
        history=history(SUPPORT, claim.id),
    )


@blueprint.post("/support/claims/<uuid:public_id>/move")
@access(permissions.VIEW)
def move(public_id: UUID) -> Any:
    """Fire a move; the engine checks who may."""
    actor = current_actor()
    claim = queries.claim_for(public_id, actor)
    back = url_for(".show", public_id=public_id)
    wish = requested_move(SUPPORT, claim, back=back, consequences=CONSEQUENCES.get(claim.state, ()))
    if wish.page:
        return wish.page
    service.move(claim, wish.key, actor, wish.reason)
    flash(f"已{SUPPORT.move(wish.key).label}。")
    return redirect(back)
