"""The ledger entries of the special funds (town-rules E): one function per event, figures from the ledger only."""

from __future__ import annotations

from sqlalchemy import select

from admin.fund import queries
from admin.fund.models import Batch, Claim, Invoice, Retention
from admin.fund.rules import FundFigures
from admin.project.models import Project
from core.account.actor import Actor
from core.db import db
from core.ledger import queries as ledger
from core.ledger.rules import Line, credit, debit
from core.ledger.service import post, reverse


def allotted(batch: Batch, actor: Actor) -> None:
    """E1: the quota grows, not yet distributed."""
    lines = [
        debit("G1010", batch.amount_fen, batch=batch.doc_no),
        credit("G3010", batch.amount_fen, batch=batch.doc_no),
    ]
    post("G", "E1", batch, lines, actor, f"预算下达 {batch.doc_no}", on=batch.issued_on)


def allocated(project: Project, actor: Actor) -> None:
    """E2: the award is set aside for the project."""
    lines = [debit("G3010", project.award_fen), credit("G3020", project.award_fen, **queries.dims_of(project.id))]
    post("G", "E2", project, lines, actor, f"分配到项目 {project.project_no}")


def recognised(claim: Claim, figures: FundFigures, actor: Actor) -> None:
    """E3: gross is recognised, the cumulative ten percent of it retained (rounded up)."""
    keep = figures.retain_of(claim.gross_fen)
    dims = _dims(claim)
    lines = [
        debit("G3020", claim.gross_fen, **dims),
        credit("G2110", claim.gross_fen - keep, **dims),
        credit("G2120", keep, **dims),
    ]
    post("G", "E3", claim, lines, actor, f"{claim.claim_no} 公示期满，确认应付")


def unrecognised(claim: Claim, actor: Actor, reason: str) -> None:
    """The finance bureau refused: E3 is reversed."""
    entry = ledger.entry_of("G", "E3", Claim.__tablename__, str(claim.id))
    if entry is not None:
        reverse(entry, actor, f"{claim.claim_no} 财政退回：{reason}")


def paid(claim: Claim, actor: Actor) -> int:
    """E4: the recognised payable is paid out of the quota; returns the amount in 分."""
    fen = queries.net_posted(claim) or 0
    dims = _dims(claim)
    post(
        "G",
        "E4",
        claim,
        [debit("G2110", fen, **dims), credit("G1010", fen, **dims)],
        actor,
        f"{claim.claim_no} 拨付 {claim.bank_ref}",
    )
    return fen


def received(claim: Claim, actor: Actor) -> None:
    """U1: the same amount arrives in the undertaker's project account."""
    fen, dims = queries.paid_on_claim(claim), {**_dims(claim), "source": "special"}
    post(
        "U",
        "U1",
        claim,
        [debit("U1010", fen, **dims), credit("U3010", fen, **dims)],
        actor,
        f"{claim.claim_no} 到账 {claim.bank_ref}",
    )


def frozen(claim: Claim, actor: Actor) -> None:
    """E9: the payable is set aside."""
    _move_payable(claim, actor, "E9", "G2110", "G2130", "暂停拨付")


def unfrozen(claim: Claim, actor: Actor) -> None:
    """E9 back: the payable is payable again."""
    _move_payable(claim, actor, "E9R", "G2130", "G2110", "恢复拨付")


def retention_payable(retention: Retention, actor: Actor) -> None:
    """E5, first leg: the retention becomes payable."""
    dims = queries.dims_of(retention.project_id)
    fen = ledger.balance("G2120", **dims)
    post(
        "G",
        "E5",
        retention,
        [debit("G2120", fen, **dims), credit("G2110", fen, **dims)],
        actor,
        "终期验收通过，尾款转应付",
    )


def retention_paid(retention: Retention, actor: Actor) -> None:
    """E5, second leg: the retention is paid."""
    dims = queries.dims_of(retention.project_id)
    fen = ledger.balance("G2110", **dims)
    post(
        "G",
        "E5P",
        retention,
        [debit("G2110", fen, **dims), credit("G1010", fen, **dims)],
        actor,
        f"付尾款 {retention.bank_ref}",
    )


def terminated(project_id: int, actor: Actor) -> None:
    """E10: everything unpaid goes back to the undistributed funds."""
    dims = queries.dims_of(project_id)
    lines = [debit(code, ledger.balance(code, **dims), **dims) for code in ("G2110", "G2120", "G2130", "G3020")]
    total = sum(line.debit_fen for line in lines)
    if total:
        back: list[Line] = [*lines, credit("G3010", total)]
        post("G", "E10", (Project.__tablename__, str(project_id)), back, actor, "终止项目，未付余额收回")


def invoice_user(invoice_no: str) -> str | None:
    """The number of the claim an invoice already supports, or None (R15)."""
    return db.session.scalar(
        select(Claim.claim_no)
        .join(Invoice, Invoice.claim_id == Claim.id)
        .where(Invoice.invoice_no == invoice_no, Invoice.released_at.is_(None))
    )


def claims_in(state: str) -> list[Claim]:
    """Claims in one state, oldest first."""
    return list(db.session.scalars(select(Claim).where(Claim.state == state).order_by(Claim.id)))


def _dims(claim: Claim) -> dict[str, str]:
    return {**queries.dims_of(claim.project_id), "claim": claim.claim_no}


def _move_payable(claim: Claim, actor: Actor, kind: str, source: str, target: str, memo: str) -> None:
    fen, dims = queries.net_posted(claim) or 0, _dims(claim)
    key = (Claim.__tablename__, f"{claim.id}/{claim.version}")
    post("G", kind, key, [debit(source, fen, **dims), credit(target, fen, **dims)], actor, f"{claim.claim_no} {memo}")
