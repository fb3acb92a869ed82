"""Reads of funds: figures from the ledger, claims, gates."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select

from admin.fund.models import Batch, Claim, Invoice, Retention
from admin.fund.rules import FundFigures
from admin.project.models import Project
from admin.project.queries import for_actor, visible
from core.account.actor import Actor
from core.db import db
from core.errors import NotFound
from core.ledger import queries as ledger

PAY_KINDS = ("E4", "E5P")


def dims_of(project_id: int) -> dict[str, str]:
    """The ledger dimension of a project."""
    return {"project": str(project_id)}


def figures(project: Project) -> FundFigures:
    """The project's money in 分 as the ledger has it now."""
    dims = dims_of(project.id)
    balances = ledger.balances(("G2110", "G2120", "G2130"), "project", [dims["project"]])
    return FundFigures(
        award_fen=project.award_fen,
        allocated_fen=ledger.turnover("G3020", ["E2"], **dims)[1],
        paid_fen=ledger.turnover("G2110", PAY_KINDS, **dims)[0],
        payable_fen=balances["G2110", dims["project"]],
        retained_fen=balances["G2120", dims["project"]],
        frozen_fen=balances["G2130", dims["project"]],
        recognised_fen=ledger.turnover("G3020", ["E3"], **dims)[0],
    )


def paid_by_project(project_ids: Sequence[int]) -> dict[int, int]:
    """What has been paid per project in 分, for lists."""
    return {p: ledger.turnover("G2110", PAY_KINDS, **dims_of(p))[0] for p in project_ids}


def net_posted(claim: Claim) -> int | None:
    """What E3 recognised as payable for this claim, or None before it was posted."""
    entry = ledger.entry_of("G", "E3", Claim.__tablename__, str(claim.id))
    if entry is None:
        return None
    return sum(line.credit_fen for line in ledger.lines_of(entry) if line.account == "G2110")


def paid_on_claim(claim: Claim) -> int:
    """What the ledger paid on this claim, in 分."""
    entry = ledger.entry_of("G", "E4", Claim.__tablename__, str(claim.id))
    return 0 if entry is None else sum(line.debit_fen for line in ledger.lines_of(entry))


def get_claim(public_id: uuid.UUID | str, actor: Actor) -> Claim:
    """The claim, NotFound where it is missing or another organisation's."""
    try:
        key = public_id if isinstance(public_id, uuid.UUID) else uuid.UUID(str(public_id))
    except ValueError as error:
        raise NotFound("没有找到这份拨付申请。") from error
    row = db.session.scalar(select(Claim).where(Claim.public_id == key))
    if row is None or not visible(db.session.get_one(Project, row.project_id), actor):
        raise NotFound("没有找到这份拨付申请。", help="请从列表重新进入。")
    return row


def claims_of(project_id: int) -> list[Claim]:
    """Claims of a project, oldest first."""
    return list(db.session.scalars(select(Claim).where(Claim.project_id == project_id).order_by(Claim.id)))


def live_claim(stage_id: int) -> Claim | None:
    """The claim of the stage that was not refused, or None."""
    return db.session.scalar(select(Claim).where(Claim.stage_id == stage_id, Claim.state != "returned"))


def current_claim(project_id: int) -> Claim | None:
    """The claim under way: the oldest that is neither paid nor refused."""
    return next((c for c in claims_of(project_id) if c.state not in ("paid", "returned")), None)


def invoices_of(claim_id: int) -> list[Invoice]:
    """Invoices behind a claim."""
    return list(db.session.scalars(select(Invoice).where(Invoice.claim_id == claim_id).order_by(Invoice.id)))


def invoices_fen(claim_id: int) -> int:
    """Invoices of a claim together, in 分."""
    query = select(func.coalesce(func.sum(Invoice.amount_fen), 0)).where(Invoice.claim_id == claim_id)
    return int(db.session.scalar(query) or 0)


def retention_of(project_id: int) -> Retention | None:
    """The retention row of a project, or None before the first claim became payable."""
    return db.session.scalar(select(Retention).where(Retention.project_id == project_id))


def batches() -> list[Batch]:
    """Every 预算下达, newest first."""
    return list(db.session.scalars(select(Batch).order_by(Batch.id.desc())))


def last_receipt(project_id: int) -> date | None:
    """When the undertaker last confirmed a receipt, or None."""
    return db.session.scalar(select(func.max(Claim.received_on)).where(Claim.project_id == project_id))


def unconfirmed(project_id: int) -> list[Claim]:
    """Paid claims whose receipt the undertaker has not confirmed (the difference of I6)."""
    return [c for c in claims_of(project_id) if c.state == "paid" and c.received_on is None]


def project_ids(query: Select[Any]) -> list[int]:
    """The ids of the projects a query finds."""
    return list(db.session.scalars(query.with_only_columns(Project.id)))


def undertakers(query: Select[Any]) -> list[int]:
    """The undertakers of the projects a query finds."""
    return list(db.session.scalars(query.with_only_columns(Project.undertaker_id)))


def search_projects(text: str, actor: Actor, limit: int = 8) -> list[Project]:
    """Projects the actor may see whose number or name contains ``text``."""
    found = or_(Project.project_no.ilike(f"%{text}%"), Project.name.ilike(f"%{text}%"))
    return list(db.session.scalars(for_actor(actor).where(found).limit(limit)))


def search_claims(text: str, actor: Actor, limit: int = 8) -> list[Claim]:
    """Claims of visible projects whose number contains ``text``."""
    seen = for_actor(actor).with_only_columns(Project.id).order_by(None)
    query = select(Claim).where(Claim.project_id.in_(seen), Claim.claim_no.ilike(f"%{text}%")).limit(limit)
    return list(db.session.scalars(query))
