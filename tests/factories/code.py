"""A sealed, licensed lot with codes, made through the services of the rooms it walks through (licence rows as data)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text

from brand.matrix import service as matrix
from brand.matrix.queries import brands
from core import clock
from core.account.actor import SYSTEM
from core.db import db, unit_of_work
from tests.factories import trace as grow
from trace.code import queries
from trace.code import service as codes
from trace.code.models import Series
from trace.inspection import service as inspection
from trace.log import writer
from trace.signing import identity
from trace.signing import service as signing

_LICENCE = text(
    "insert into brand_licence_licence (case_no, brand_id, organisation_id, state, version, note, rules_version, licence_no, "
    "valid_from, valid_until, anchor_on, decided_at, ended_reason, kind, conditions, grounds, public_id, created_at, updated_at) "
    "values (:case, :brand, :org, 'licensed', 1, '', '', :no, :begin, :end, :begin, :now, '', 'new', '', '', :pid, :now, :now) "
    "returning id"
)
_SCOPE = text(
    "insert into brand_licence_scope (licence_id, organisation_id, brand_id, variety, form, specification, yearly_grams, "
    "status, valid_from, valid_until) values (:licence, :org, :brand, :variety, 'fresh', :spec, 900000000, 'granted', :begin, :end)"
)
_QUOTA = text(
    "insert into brand_licence_quota (licence_id, scope_id, year_no, first_on, last_on, granted_grams, used_grams) "
    "select licence_id, id, 1, valid_from, valid_until, :grams, 0 from brand_licence_scope where licence_id = :licence"
)


def make_licence(
    grown: grow.Grown,
    begin: date = date(2026, 10, 1),
    end: date = date(2027, 8, 31),
    *,
    organisation_id: int | None = None,
    quota_g: int = 10**12,
    number: int = 0,
) -> int:
    """A licence in force for the packed item of a grown lot, its own organisation's unless another is named."""
    matrix.establish_matrix(SYSTEM)
    brand = next(brand for brand in brands() if brand.level != "enterprise")
    org = organisation_id or grown.organisation.id
    values = {"brand": brand.id, "org": org, "begin": begin, "end": end, "now": clock.now()}
    no = f"示例授〔2026〕{org:04d}号" + (f"-{number}" if number else "")
    licence = db.session.scalar(
        _LICENCE, {**values, "case": f"SQ-2026-{org:04d}-{number}", "no": no, "pid": uuid.uuid4()}
    )
    db.session.execute(
        _SCOPE, {**values, "licence": licence, "variety": grown.box.variety, "spec": grown.box.specification}
    )
    db.session.execute(_QUOTA, {"licence": licence, "grams": quota_g})
    assert isinstance(licence, int)
    return licence


def make_ready_lot() -> grow.Grown:
    """Plot to packed lot, with report, certificate and key; neither licensed nor sealed."""
    grown = grow.make_packed_lot()
    grow.make_report(grown.actor, grown.raw)
    inspection.issue_certificate(grown.actor, lot=grown.packed, bases=("control",))
    identity.create_key(grown.organisation.id, grown.actor)
    return grown


def make_sealed_lot(*, licensed: bool = True, tested: bool = True, gtin: str = "", **values: object) -> grow.Grown:
    """Plot to packed lot, certificate, test, licence, key, sealed; not yet in the log."""
    grown = grow.make_packed_lot(**values)  # type: ignore[arg-type]
    if gtin:
        grown.box.key_kind, grown.box.gtin, grown.box.own_code = "gtin", gtin, None
        db.session.flush()
    return seal_packed(grown, licensed=licensed, tested=tested)


def seal_packed(grown: grow.Grown, *, licensed: bool = True, tested: bool = True) -> grow.Grown:
    """The packed lot gets test, licence, certificate of compliance and key, and is sealed."""
    if licensed:
        make_licence(grown)
    if tested:
        rows = (("戊唑醇", "0.034", "", ""), ("啶虫脒", "0.021", "", ""), ("吡虫啉", "未检出", "0.01", ""))
        grow.make_report(grown.actor, grown.raw, rows)
    inspection.issue_certificate(grown.actor, lot=grown.packed, bases=("control",))
    identity.create_key(grown.organisation.id, grown.actor)
    signing.seal_record(grown.packed.id, actor=grown.actor, password_confirmed=True)
    db.session.flush()
    db.session.refresh(grown.packed)
    return grown


@dataclass
class Issued:
    """What a test on a database of its own needs to scan."""

    item_id: int
    lot_id: int
    organisation_id: int
    lot_no: str
    series_id: uuid.UUID
    addresses: list[str]
    covered: list[str]
    record_id: uuid.UUID


def issue_in_own_units(count: int = 5, *, covered: bool = True, in_log: bool = True, **values: object) -> Issued:
    """Seal, integrate, issue; each committed (for a database of the test's own, inside an application context)."""
    from trace.code import keys

    with unit_of_work():
        grown = make_sealed_lot(**values)  # type: ignore[arg-type]
        lot_id, actor, public_id = grown.packed.id, grown.actor, grown.packed.public_id
    if in_log:
        writer.integrate()
    with unit_of_work():
        series: Series = codes.issue_series(public_id, count, actor, covered=covered)
        addresses = [queries.unit_address(series, place) for place in range(1, count + 1)]
        second = keys.version(series.item_id, "covered", 1) if covered else None
        return Issued(
            series.item_id, lot_id, series.organisation_id, grown.packed.lot_no, series.public_id,
            ["/" + address.split("//", 1)[1].split("/", 1)[1] for address in addresses],
            [second.serial(series.start_unit + n) for n in range(count)] if second else [], series.record_id,
        )  # fmt: skip
