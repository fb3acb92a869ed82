"""Use cases of the special funds: budget, claims, payment, retention.  What was paid is always a ledger entry."""

from __future__ import annotations

from datetime import date
from typing import BinaryIO

from admin.disclosure import service as disclosure
from admin.fund import facts, permissions, posting, queries, rules
from admin.fund.models import Batch, Claim, Invoice, Retention
from admin.fund.rules import CLAIM, Gate
from admin.fund.rules_retention import RETENTION
from admin.project import queries as projects
from admin.project import service as project_service
from admin.project.models import Project
from admin.project.service import require
from core import clock
from core.account.actor import SYSTEM, Actor
from core.db import db
from core.errors import BadInput, Conflict, NotFound, RuleBroken, Unmet, register_constraint
from core.file.service import store
from core.money import yuan_grouped
from core.numbers import gap_free
from core.organisation.queries import get_organisation
from core.record.service import record
from core.workflow.engine import MoveContext, fire

register_constraint("uq_admin_fund_invoice_live", "claim.invoice_used", "这张发票已用于别的申请。", "invoice_no")
register_constraint("uq_admin_fund_claim_live", "claim.exists", "这个阶段已经有拨付申请。")
register_constraint("uq_admin_fund_batch_doc_no", "fund.batch_exists", "这份下达文件已经登记过。", "doc_no")


def allot(doc_no: str, title: str, amount_fen: int, issued_on: date, actor: Actor) -> Batch:
    """Afterwards the 预算下达 is registered and posted (E1)."""
    require(actor, permissions.ALLOT)
    if any(b.doc_no == doc_no for b in queries.batches()):
        raise Conflict("这份下达文件已经登记过。", code="fund.batch_exists", field="doc_no")
    batch = Batch(doc_no=doc_no, title=title, amount_fen=amount_fen, issued_on=issued_on, recorded_at=clock.now())
    db.session.add(batch)
    record("fund.allotted", batch, actor, doc_no=doc_no, amount_fen=amount_fen)
    posting.allotted(batch, actor)
    return batch


def allocate(project: Project, actor: Actor) -> None:
    """Afterwards the award is set aside for the project (E2)."""
    require(actor, permissions.ALLOT)
    if project.state not in ("approved", "building"):
        raise RuleBroken(
            unmet=[Unmet("R01", "项目还没有批准，不能分配资金。", "F§3", "先由领导小组批准项目。", "领导小组")]
        )
    posting.allocated(project, actor)
    record("fund.allocated", project, actor, award_fen=project.award_fen)


def draft_claim(project: Project, stage_number: int, gross_fen: int, progress: str, actor: Actor) -> Claim:
    """Afterwards a draft request for the stage's money stands (B4)."""
    require(actor, permissions.CLAIM)
    if project.undertaker_id != actor.organisation_id:
        raise NotFound("没有找到这个项目。")
    stage = projects.stage(project.id, stage_number)
    if queries.live_claim(stage.id) is not None:
        raise Conflict("这个阶段已经有拨付申请。", code="claim.exists", help="从项目页进入已有的申请。")
    if gross_fen <= 0:
        raise BadInput("申请金额要大于 0。", code="claim.amount", field="gross_fen")
    year = clock.today().year
    claim = Claim(
        claim_no=f"BF-{year}-{gap_free('claim', year):03d}", project_id=project.id, stage_id=stage.id, gross_fen=gross_fen,
        progress=progress,
    )  # fmt: skip
    db.session.add(claim)
    record("claim.drafted", claim, actor, gross_fen=gross_fen, stage=stage_number)
    db.session.flush()
    return claim


def add_invoice(
    claim: Claim,
    invoice_no: str,
    amount_fen: int,
    line_id: int,
    actor: Actor,
    *,
    upload: tuple[BinaryIO | bytes, str] | None = None,
) -> Invoice:
    """Afterwards the invoice supports this claim and no other in the county (R11, R15)."""
    require(actor, permissions.CLAIM)
    project = projects.by_id(claim.project_id)
    if project.undertaker_id != actor.organisation_id:
        raise NotFound("没有找到这份拨付申请。")
    if claim.state != "draft":
        raise Conflict("提交以后不能再加发票。", code="claim.not_draft", help="需要补充时请县商务局退回补正。")
    if line_id not in {line.id for line in projects.lines_of(project.id)}:
        raise RuleBroken(
            unmet=[
                Unmet("R11", "该支出不属于已批复的建设内容，不得列支。", "F§6.1", "选择对应的建设内容。", "承办企业")
            ]
        )
    used = posting.invoice_user(invoice_no)
    if used is not None:
        raise Conflict(f"发票{invoice_no}已用于{used}。", code="claim.invoice_used", field="invoice_no")
    file = (
        store(upload[0], upload[1], kind="document", owner_organisation_id=project.undertaker_id, actor=actor)
        if upload
        else None
    )
    row = Invoice(
        claim_id=claim.id,
        invoice_no=invoice_no,
        amount_fen=amount_fen,
        line_id=line_id,
        file_id=file.id if file else None,
    )
    db.session.add(row)
    record("claim.invoice_added", claim, actor, invoice_no=invoice_no, amount_fen=amount_fen)
    db.session.flush()
    return row


def submit(claim: Claim, actor: Actor) -> None:
    """Afterwards the request is with the commerce bureau."""
    fire(CLAIM, claim, "submit", actor)


def send_back(claim: Claim, actor: Actor, reason: str) -> None:
    """Afterwards the request is back with the undertaker, with the reason."""
    fire(CLAIM, claim, "return", actor, reason=reason)


def commerce_ok(claim: Claim, actor: Actor) -> None:
    """Afterwards the business review is passed; where the stage is accepted already, a publicity is drafted."""
    fire(CLAIM, claim, "commerce_ok", actor)


def publicise(claim: Claim, actor: Actor) -> None:
    """Afterwards the claim is in publicity (its public notice stands)."""
    fire(CLAIM, claim, "publicise", actor)


def advise(claim: Claim, actor: Actor) -> str:
    """Afterwards a payment advice stands; returns its number.  Refused with every closed gate."""
    fire(CLAIM, claim, "advise", actor)
    return claim.advice_no


def pay(claim: Claim, actor: Actor, *, bank_ref: str) -> None:
    """Afterwards the money is paid: E4 is posted and a public notice is drafted.  Payer and adviser are two persons."""
    fire(CLAIM, claim, "pay", actor, payload={"bank_ref": bank_ref})


def refuse(claim: Claim, actor: Actor, reason: str) -> None:
    """Afterwards the finance bureau has sent the claim back; what E3 recognised is reversed."""
    fire(CLAIM, claim, "refuse", actor, reason=reason)


def confirm_receipt(claim: Claim, actor: Actor, *, bank_ref: str) -> None:
    """Afterwards the undertaker has confirmed the receipt (U1); the bank reference must be the payment's."""
    if claim.received_on is not None:
        raise Conflict("这笔拨款已经确认到账。", code="claim.received")
    if claim.state == "paid" and bank_ref.strip() and bank_ref.strip() != claim.bank_ref:
        raise BadInput("流水号和拨付时的不一致。", code="claim.bank_ref", field="bank_ref", help="核对银行回单后再填。")
    fire(CLAIM, claim, "confirm_receipt", actor, payload={"bank_ref": bank_ref})


def freeze(claim: Claim, actor: Actor, reason: str) -> None:
    """Afterwards nothing moves on this claim; a recognised payable is set aside (E9)."""
    fire(CLAIM, claim, "freeze", actor, reason=reason)


def unfreeze(claim: Claim, actor: Actor, reason: str) -> None:
    """Afterwards the claim is where it was before the freeze; its clocks ran on."""
    fire(
        CLAIM,
        claim,
        f"unfreeze_to_{claim.frozen_from}" if claim.frozen_from else "unfreeze_to_submitted",
        actor,
        reason=reason,
    )


def pay_retention(retention: Retention, actor: Actor, *, bank_ref: str) -> None:
    """Afterwards the retention is paid and the project is settled: paid in sum is exactly the award."""
    fire(RETENTION, retention, "pay", actor, payload={"bank_ref": bank_ref})


def gates(claim: Claim, actor: Actor) -> list[Gate]:
    """Every gate of this claim's payment, closed ones first (the read-only preview 本期能不能拨)."""
    return rules.advice_gates(facts.claim_facts(claim, CLAIM.move("advise"), actor, clock.now(), {}))


def run_timers() -> int:
    """Afterwards every publicity that has ended has made its claim payable (E3); returns how many."""
    moved = 0
    for claim in posting.claims_in("in_publicity"):
        found = facts.claim_facts(claim, CLAIM.move("publicity_done"), SYSTEM, clock.now(), {})
        if not rules.publicity_over(found):
            fire(CLAIM, claim, "publicity_done", SYSTEM)
            moved += 1
    return moved


def on_commerce_ok(claim: Claim, ctx: MoveContext) -> None:
    """Effect of ``commerce_ok``: the inspection relied on is cited (R54); an accepted stage goes on at once."""
    claim.inspection_no = ctx.facts.inspection_no
    if ctx.facts.stage_accepted:
        fire(CLAIM, claim, "acceptance_passed", SYSTEM)


def on_accepted(claim: Claim, _ctx: MoveContext) -> None:
    """Effect of ``acceptance_passed``: the publicity is drafted (R27)."""
    disclosure.draft("publicity", *_notice(claim), SYSTEM, project_id=claim.project_id, subject=claim)


def on_publicity_done(claim: Claim, ctx: MoveContext) -> None:
    """Effect of ``publicity_done``: E3, and the retention is held from the first E3 on."""
    project = projects.by_id(claim.project_id)
    posting.recognised(claim, queries.figures(project), ctx.actor)
    if queries.retention_of(project.id) is None:
        retention = Retention(project_id=project.id)
        db.session.add(retention)
        db.session.flush()
        fire(RETENTION, retention, "hold", SYSTEM)


def on_advised(claim: Claim, ctx: MoveContext) -> None:
    """Effect of ``advise``: the advice gets its gap-free number."""
    year = clock.local(ctx.now).year
    claim.advice_no = f"ZFJY-{year}-{gap_free('advice', year):03d}"


def on_paid(claim: Claim, ctx: MoveContext) -> None:
    """Effect of ``pay``: E4, bank reference, and the draft of the public notice (R27)."""
    claim.bank_ref, claim.paid_on = str(ctx.payload["bank_ref"]).strip(), clock.local(ctx.now).date()
    fen = posting.paid(claim, ctx.actor)
    project = projects.by_id(claim.project_id)
    body = (
        f"项目编号 {project.project_no}，承办单位 {get_organisation(project.undertaker_id).name}。\n"
        f"{claim.paid_on:%Y年%m月%d日}拨付专项资金 {yuan_grouped(fen)} 元，拨付编号 {claim.claim_no}。"
    )
    disclosure.draft("funds", f"{project.name}资金拨付情况", body, SYSTEM, project_id=project.id, subject=claim)


def on_refused(claim: Claim, ctx: MoveContext) -> None:
    """Effect of ``refuse``: E3 is reversed and the invoices may support a new claim."""
    for invoice in queries.invoices_of(claim.id):
        invoice.released_at = ctx.now
    posting.unrecognised(claim, ctx.actor, ctx.reason)


def on_received(claim: Claim, ctx: MoveContext) -> None:
    """Effect of ``confirm_receipt``: U1."""
    claim.received_on = clock.local(ctx.now).date()
    posting.received(claim, ctx.actor)


def on_frozen(claim: Claim, ctx: MoveContext) -> None:
    """Effect of ``freeze``."""
    claim.frozen_from = ctx.from_state
    if ctx.from_state in ("payable", "advised"):
        posting.frozen(claim, ctx.actor)


def on_unfrozen(claim: Claim, ctx: MoveContext) -> None:
    """Effect of ``unfreeze``."""
    back, claim.frozen_from = claim.frozen_from, ""
    if back in ("payable", "advised"):
        posting.unfrozen(claim, ctx.actor)


def on_final_ok(retention: Retention, ctx: MoveContext) -> None:
    """Effect of ``final_ok``: the retention becomes payable (E5)."""
    posting.retention_payable(retention, ctx.actor)


def on_retention_paid(retention: Retention, ctx: MoveContext) -> None:
    """Effect of the retention's ``pay``: the second leg of E5; the project is settled."""
    retention.bank_ref, retention.paid_on = str(ctx.payload["bank_ref"]).strip(), clock.local(ctx.now).date()
    posting.retention_paid(retention, ctx.actor)
    project_service.mark_settled(retention.project_id)


def when_accepted(*, project_id: int, stage_id: int | None, event: str, actor: Actor) -> None:
    """Hook: an accepted stage lets its claim go on; the filed final acceptance frees the retention."""
    if stage_id is not None and event == "passed":
        claim = queries.live_claim(stage_id)
        if claim is not None and claim.state == "business_reviewed":
            fire(CLAIM, claim, "acceptance_passed", SYSTEM)
    elif stage_id is None and event == "filed":
        retention = queries.retention_of(project_id)
        if retention is not None and retention.state == "retention_held":
            fire(RETENTION, retention, "final_ok", SYSTEM)
    record("fund.acceptance_heard", ("admin_project_project", str(project_id)), actor, event=event)


def when_public(*, subject_table: str, subject_id: int, event: str, actor: Actor) -> None:
    """Hook: an objection suspends the claim until it is answered in writing (R64)."""
    if subject_table != Claim.__tablename__ or event not in ("objected", "replied"):
        return
    claim = db.session.get_one(Claim, subject_id)
    if event == "objected" and claim.state == "in_publicity":
        fire(CLAIM, claim, "objection", SYSTEM)  # a guest may not see the claim itself
    elif event == "replied" and claim.state == "objected":
        fire(CLAIM, claim, "reply", SYSTEM)
    record("fund.publicity_heard", claim, actor, event=event)


def when_found(*, project_id: int, blocks: bool, reason: str, actor: Actor) -> None:
    """Hook: a notice freezes every claim under way; the last closed finding lets them go on (R17)."""
    for claim in queries.claims_of(project_id):
        if blocks and claim.state in rules.FREEZABLE:
            freeze(claim, SYSTEM, reason)
        elif not blocks and claim.state == "frozen":
            unfreeze(claim, SYSTEM, reason)
    record("fund.finding_heard", ("admin_project_project", str(project_id)), actor, blocks=blocks)


def when_settled(*, project_id: int, actor: Actor) -> None:
    """Hook: what a terminated project has not been paid goes back to the funds (E10)."""
    posting.terminated(project_id, actor)


def _notice(claim: Claim) -> tuple[str, str]:
    project = projects.by_id(claim.project_id)
    stage = next(s for s in projects.stages_of(project.id) if s.id == claim.stage_id)
    net = claim.gross_fen - queries.figures(project).retain_of(claim.gross_fen)
    body = (
        f"项目编号 {project.project_no}，承办单位 {get_organisation(project.undertaker_id).name}。\n"
        f"第 {stage.number} 阶段（{stage.name}）已经验收合格，拟拨付专项资金 {yuan_grouped(net)} 元，"
        f"预留尾款 {yuan_grouped(claim.gross_fen - net)} 元。\n"
        "公示期间如有异议，可在本页提出，也可向县商务局书面反映。"
    )
    return f"{project.name}第 {stage.number} 阶段资金拨付公示", body
