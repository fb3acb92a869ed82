"""Reads about organisations for screens and upper floors."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from core import identifiers
from core.db import db
from core.errors import BadInput, NotFound
from core.organisation import rules
from core.organisation.models import KINDS, FormerIdentity, Mandate, Organisation


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """An organisation as other rooms see it; ``public_name`` is what consumers may read."""

    id: int
    public_id: uuid.UUID
    kind: str
    code: str
    code_kind: str
    name: str
    short_name: str
    public_name: str
    town: str
    address: str
    public_phone: str
    introduction: str
    state: str
    no_uscc_reason: str
    registered_on: date | None
    left_on: date | None = None
    successor_id: int | None = None
    licence_file_id: int | None = None
    licence_url: str = ""
    licence_until: date | None = None
    verified_on: date | None = None

    @property
    def kind_label(self) -> str:
        return KINDS[self.kind]

    @property
    def is_active(self) -> bool:
        return self.state == "active"


def view(row: Organisation) -> OrganisationView:
    """The frozen view of a row."""
    return OrganisationView(
        id=row.id,
        public_id=row.public_id,
        kind=row.kind,
        code=row.code,
        code_kind=row.code_kind,
        name=row.name,
        short_name=row.short_name or row.name,
        public_name=rules.public_name(row.kind, row.name, row.code),
        town=row.town,
        address=row.address,
        public_phone=row.public_phone,
        introduction=row.introduction,
        state=row.state,
        no_uscc_reason=row.no_uscc_reason,
        registered_on=row.registered_on,
        left_on=row.left_on,
        successor_id=row.successor_id,
        licence_file_id=row.licence_file_id,
        licence_url=row.licence_url,
        licence_until=row.licence_until,
        verified_on=row.verified_on,
    )


@dataclass(frozen=True, slots=True)
class Former:
    """A name or code borne until ``until_on`` (its last day); ``merged`` names an organisation that went into this one."""

    kind: str
    name: str
    code: str
    until_on: date
    basis: str


def former_of(organisation_id: int) -> list[Former]:
    """Former names, codes and merged organisations, latest first."""
    query = (
        select(FormerIdentity)
        .where(FormerIdentity.organisation_id == organisation_id)
        .order_by(FormerIdentity.id.desc())
    )
    return [Former(r.kind, r.name, r.code, r.until_on, r.basis) for r in db.session.scalars(query)]


def get_organisation(organisation_id: int) -> OrganisationView:
    """The organisation with this id; NotFound otherwise."""
    row = db.session.get(Organisation, organisation_id)
    if row is None:
        raise NotFound("没有找到这个单位。", help="请从列表重新进入。")
    return view(row)


def names_by_code(codes: Sequence[str]) -> dict[str, str]:
    """Names by code, of everybody who is or was in the register; one statement."""
    rows = db.session.execute(select(Organisation.code, Organisation.name).where(Organisation.code.in_(set(codes))))
    return {row.code: row.name for row in rows} if codes else {}


def find_by_code(code: str) -> OrganisationView | None:
    """The organisation with this code in canonical form, or None."""
    row = db.session.scalar(select(Organisation).where(Organisation.code == code))
    return view(row) if row is not None else None


def get_by_code(typed: str) -> OrganisationView:
    """The organisation whose code was typed or scanned (lower case and full width are read); NotFound otherwise."""
    try:
        found = find_by_code(identifiers.check_organisation_code(typed))
    except BadInput as wrong:
        raise NotFound("没有这个编号的单位。", help=wrong.message) from wrong
    if found is None:
        raise NotFound("没有这个编号的单位。", help="请核对编号。")
    return found


def get_by_public_id(public_id: uuid.UUID) -> OrganisationView:
    """The organisation with this public id; NotFound otherwise."""
    row = db.session.scalar(select(Organisation).where(Organisation.public_id == public_id))
    if row is None:
        raise NotFound("没有找到这个单位。", help="请从列表重新进入。")
    return view(row)


def load(organisation_id: int) -> Organisation:
    """The live row, for the service functions of this room that change it."""
    row = db.session.get(Organisation, organisation_id)
    if row is None:
        raise NotFound("没有找到这个单位。", help="请从列表重新进入。")
    return row


def lock_row(organisation_id: int) -> None:
    """Whoever asks next for the same organisation waits until this transaction ends."""
    db.session.execute(select(Organisation.id).where(Organisation.id == organisation_id).with_for_update())


def names(ids: Sequence[int]) -> dict[int, str]:
    """Full names by id, once for a whole screen."""
    if not ids:
        return {}
    rows = db.session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(set(ids))))
    return {row.id: row.name for row in rows}


def views(ids: Sequence[int]) -> dict[int, OrganisationView]:
    """Views by id, once for a whole screen."""
    if not ids:
        return {}
    return {row.id: view(row) for row in db.session.scalars(select(Organisation).where(Organisation.id.in_(set(ids))))}


def of_kind(kind: str, *, active_only: bool = True) -> list[OrganisationView]:
    """Organisations of one kind in name order."""
    query = select(Organisation).where(Organisation.kind == kind).order_by(Organisation.name_pinyin, Organisation.id)
    if active_only:
        query = query.where(Organisation.state == "active")
    return [view(row) for row in db.session.scalars(query)]


def desk_id(kind: str) -> int | None:
    """The id of the town's one office, brand office or platform (the oldest active of that kind), or None."""
    return db.session.scalar(
        select(Organisation.id)
        .where(Organisation.kind == kind, Organisation.state == "active")
        .order_by(Organisation.id)
        .limit(1)
    )


def name_of(organisation_id: Any) -> tuple[ColumnElement[str], ColumnElement[str]]:
    """SQL for the name and the sort key of the organisation in a column, for the lists of upper floors."""
    fits = Organisation.id == organisation_id
    name = select(Organisation.name).where(fits).correlate_except(Organisation).scalar_subquery()
    key = select(Organisation.name_pinyin).where(fits).correlate_except(Organisation).scalar_subquery()
    return name, key


def growers_of(organisation_id: int) -> list[OrganisationView]:
    """The growers an enterprise or co-operative introduced, in name order."""
    query = (
        select(Organisation)
        .where(Organisation.kind == "grower", Organisation.introduced_by_id == organisation_id)
        .order_by(Organisation.name_pinyin, Organisation.id)
    )
    return [view(row) for row in db.session.scalars(query)]


def is_producer_for(organisation_id: int, producer_id: int) -> bool:
    """Whether ``producer_id`` is the organisation itself, a grower it introduced, or one who ever gave it a mandate.

    A mandate that has ended stops new journal lines; fruit grown under it may still be packed and sealed.
    """
    if organisation_id == producer_id:
        return True
    row = db.session.get(Organisation, producer_id)
    if row is None or row.kind != "grower":
        return False
    query = select(Mandate.id).where(Mandate.keeper_id == organisation_id, Mandate.grower_id == producer_id)
    return row.introduced_by_id == organisation_id or db.session.scalar(query.limit(1)) is not None


def same_address(address: str, *, apart_from: int | None = None) -> list[OrganisationView]:
    """Other active organisations at exactly this address (a hint for the reviewer, never a refusal)."""
    if not address:
        return []
    query = select(Organisation).where(Organisation.address == address, Organisation.state == "active")
    return [view(row) for row in db.session.scalars(query.limit(20)) if row.id != apart_from]


def _matching(wanted: str) -> ColumnElement[bool]:
    former = select(FormerIdentity.id).where(
        FormerIdentity.organisation_id == Organisation.id,
        FormerIdentity.kind != "code",
        FormerIdentity.name.contains(wanted, autoescape=True),
    )
    fits: list[ColumnElement[bool]] = [
        Organisation.name.contains(wanted, autoescape=True),
        Organisation.short_name.contains(wanted, autoescape=True),
        Organisation.code.startswith(identifiers.normalise_code(wanted), autoescape=True),
        former.exists(),
    ]
    if keys := rules.typed_pinyin(wanted):
        fits.append(Organisation.search_keys.contains(keys, autoescape=True))
    return or_(*fits)


def active_parties() -> Sequence[Any]:
    """Id, kind, name, code, town, address and public telephone of every active enterprise and grower (plain rows)."""
    row = Organisation
    query = select(row.id, row.kind, row.name, row.code, row.town, row.address, row.public_phone).where(
        row.kind.in_(("enterprise", "grower")), row.state == "active"
    )
    return db.session.execute(query).all()


def matching_ids(text: str) -> Select[int]:
    """SQL for the ids of everybody whose name, former name, pinyin or code fits, for the search of upper floors."""
    return select(Organisation.id).where(_matching(text.strip()))


def search(text: str, limit: int = 8) -> list[OrganisationView]:
    """Organisations whose name, former name or pinyin contains ``text``, or whose code begins with it."""
    wanted = text.strip()
    if len(wanted) < 2:
        return []
    query = select(Organisation).where(_matching(wanted)).order_by(Organisation.name_pinyin).limit(limit)
    return [view(row) for row in db.session.scalars(query)]


def enterprises(
    text: str = "", town: str = "", *, limit: int = 30, offset: int = 0
) -> tuple[list[OrganisationView], int]:
    """Active enterprises for the public directory in name order, with their number; '' asks for all."""
    query = select(Organisation).where(Organisation.kind == "enterprise", Organisation.state == "active")
    if wanted := text.strip():
        query = query.where(_matching(wanted))
    if town:
        query = query.where(Organisation.town == town)
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    rows = db.session.scalars(query.order_by(Organisation.name_pinyin, Organisation.id).limit(limit).offset(offset))
    return [view(row) for row in rows], total


def towns() -> list[str]:
    """The towns active enterprises stand in, by number of enterprises."""
    query = (
        select(Organisation.town)
        .where(Organisation.kind == "enterprise", Organisation.state == "active", Organisation.town != "")
        .group_by(Organisation.town)
        .order_by(func.count().desc(), Organisation.town)
    )
    return list(db.session.scalars(query))


def due_for_check(before: date) -> list[OrganisationView]:
    """Active enterprises whose registration was last checked before the day, or never (电子商务法 article 27)."""
    query = (
        select(Organisation)
        .where(
            Organisation.kind == "enterprise",
            Organisation.state == "active",
            func.coalesce(Organisation.verified_on, Organisation.registered_on, date.min) < before,
        )
        .order_by(Organisation.verified_on.nulls_first(), Organisation.id)
    )
    return [view(row) for row in db.session.scalars(query)]
