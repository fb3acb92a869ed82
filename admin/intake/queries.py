"""Reads of imports and their rows."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, false, select

from admin.enterprise import queries as entry
from admin.enterprise.models import Application
from admin.intake import rules, rules_rows
from admin.intake.errors import ImportNotFound
from admin.intake.models import Import, PreparedRow
from core.account.actor import Actor
from core.db import db
from core.file.cells import plain_words
from core.organisation import queries as organisations


def at_office(actor: Actor) -> bool:
    """Whether imports lie on the actor's desk."""
    return actor.is_system or (actor.can(rules.VIEW) and actor.organisation_kind in ("office", "bureau"))


def visible(_found: Import, actor: Actor) -> bool:
    """Imports are the office's own; nobody else sees one."""
    return at_office(actor)


def imports(actor: Actor) -> Select[Import]:
    """The imports of the office, newest first."""
    query = select(Import).order_by(Import.id.desc())
    return query if at_office(actor) else query.where(false())


def import_for(public_id: uuid.UUID, actor: Actor) -> Import:
    """An import the actor may see; ImportNotFound otherwise."""
    found = db.session.scalar(imports(actor).where(Import.public_id == public_id))
    if found is None:
        raise ImportNotFound()
    return found


def row_for(public_id: uuid.UUID, actor: Actor) -> PreparedRow:
    """A prepared application that nobody has taken over; ImportNotFound otherwise."""
    row = db.session.scalar(select(PreparedRow).where(PreparedRow.public_id == public_id))
    if row is None or not at_office(actor) or row.kind != "enterprise":
        raise ImportNotFound()
    return row


def rows_of(import_id: int) -> list[tuple[PreparedRow, Application | None]]:
    """What an import wrote, in the order of the file, with the application each row became."""
    query = (
        select(PreparedRow, Application)
        .outerjoin(Application, Application.id == PreparedRow.application_id)
        .where(PreparedRow.import_id == import_id)
        .order_by(PreparedRow.row)
    )
    return [(row, application) for row, application in db.session.execute(query)]


def known(codes: Sequence[str]) -> rules_rows.Known:
    """Which of the codes are here already and where, and every grower by name and place."""
    waiting = select(PreparedRow.code, Import.import_no).join(Import, Import.id == PreparedRow.import_id).where(
        PreparedRow.kind == "enterprise", PreparedRow.code.in_(codes), PreparedRow.application_id.is_(None),
        PreparedRow.closed_at.is_(None),
    )  # fmt: skip
    asked = select(Application.code, Application.case_no).where(
        Application.code.in_(codes), Application.state.in_(entry.OPEN)
    )
    found = {code: f"已有预填的申请在等接手（{number}）" for code, number in db.session.execute(waiting)}
    found |= {code: f"已有在办的申请 {number}" for code, number in db.session.execute(asked)}
    found |= {code: f"已经入驻：{name}" for code, name in organisations.names_by_code(codes).items()}
    growers = {
        (plain_words(row.name), plain_words(row.town)): row.code
        for row in organisations.active_parties()
        if row.kind == "grower"
    }
    return rules_rows.Known(found, growers)


def import_by_id(import_id: int) -> Import:
    """The import a row belongs to."""
    return db.session.get_one(Import, import_id)
