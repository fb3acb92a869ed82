"""Reads of the words; answers are frozen and plain."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from core.db import db
from core.errors import BadInput
from core.taxonomy.models import KINDS, Term


@dataclass(frozen=True, slots=True)
class Word:
    """A word as other rooms see it."""

    code: str
    kind: str
    label: str
    species: str | None = None
    standard: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)


def _word(row: Term) -> Word:
    return Word(row.code, row.kind, row.label, row.species, row.standard, dict(row.attributes))


def words(kind: str, species: str | None = None) -> list[Word]:
    """The active words of one kind in the order of use, of one species where given."""
    query = select(Term).where(Term.kind == kind, Term.active).order_by(Term.species, Term.position, Term.pinyin)
    if species is not None:
        query = query.where(Term.species == species)
    return [_word(row) for row in db.session.scalars(query)]


def choices(kind: str, species: str | None = None) -> list[tuple[str, str]]:
    """``(code, label)`` pairs for a select field."""
    return [(word.code, word.label) for word in words(kind, species)]


def grouped_choices(kind: str) -> dict[str, list[tuple[str, str]]]:
    """The pairs of one kind under the label of their species."""
    species = dict(choices("species"))
    groups: dict[str, list[tuple[str, str]]] = {}
    for word in words(kind):
        groups.setdefault(species.get(word.species or "", ""), []).append((word.code, word.label))
    return groups


def find_term(code: str | None) -> Word | None:
    """The word of ``code``, also a retired one, or None."""
    row = db.session.scalar(select(Term).where(Term.code == code)) if code else None
    return _word(row) if row else None


def term(kind: str, code: str, *, species: str | None = None, field: str | None = None) -> Word:
    """The active word of ``kind`` (and species), or BadInput naming the field."""
    row = db.session.scalar(select(Term).where(Term.code == code, Term.kind == kind, Term.active))
    if row is None or (species is not None and row.species not in (None, species)):
        raise BadInput(f"没有这个{KINDS[kind]}，请从列表里选。", code=f"taxonomy.unknown_{kind}", field=field or kind)
    return _word(row)


def labels(codes: Iterable[str | None]) -> dict[str, str]:
    """Label of each known code."""
    wanted = {code for code in codes if code}
    if not wanted:
        return {}
    rows = db.session.execute(select(Term.code, Term.label).where(Term.code.in_(wanted)))
    return {row.code: row.label for row in rows}
