"""Reads about certificates: the facts of decisions, the marks of a lot, and what screens show."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select

from brand.certificate import rules, rules_claims
from brand.certificate.errors import CertificateNotFound
from brand.certificate.models import (
    CertificateBooking,
    CertificateCheck,
    CertificatePlot,
    CertificateProduct,
    MarkCertificate,
)
from brand.certificate.rules import Use
from core import clock
from core.account.actor import Actor
from core.db import db
from core.organisation import queries as organisations

PUBLIC_STATES = ("confirmed", "suspended", "revoked")


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark in words as pages and labels show it, with who looked it up when; ``ended`` says why it no longer holds."""

    kind: str
    label: str
    line: str
    number: str
    issuer: str
    valid_until: date | None
    checked_on: date | None
    register: str
    path: str
    ended: str = ""


def in_office(actor: Actor) -> bool:
    """Whether the actor reads certificates for a public body."""
    return actor.organisation_kind in ("brand_office", "office", "bureau") and actor.can(rules.VIEW)


def visible(row: MarkCertificate, actor: Actor) -> bool:
    """Its own organisation always; the offices from the first submission on."""
    if actor.is_system or (actor.organisation_id is not None and row.organisation_id == actor.organisation_id):
        return True
    return in_office(actor) and row.state != "draft"


def for_actor(public_id: uuid.UUID, actor: Actor) -> MarkCertificate:
    """A certificate the actor may see; CertificateNotFound otherwise."""
    row = db.session.scalar(select(MarkCertificate).where(MarkCertificate.public_id == public_id))
    if row is None or not visible(row, actor):
        raise CertificateNotFound()
    return row


def public_certificate(public_id: uuid.UUID) -> MarkCertificate:
    """A certificate that was confirmed at some time; drafts are nobody's business."""
    row = db.session.scalar(
        select(MarkCertificate).where(MarkCertificate.public_id == public_id, MarkCertificate.state.in_(PUBLIC_STATES))
    )
    if row is None:
        raise CertificateNotFound()
    return row


def listed(actor: Actor) -> Select[MarkCertificate]:
    """The certificates the actor may see, newest first."""
    query = select(MarkCertificate).order_by(MarkCertificate.id.desc())
    if in_office(actor):
        return query.where(MarkCertificate.state != "draft")
    return query.where(MarkCertificate.organisation_id == actor.organisation_id)


def waiting_count() -> int:
    """How many certificates wait for the look-up."""
    return db.session.scalar(select(func.count(MarkCertificate.id)).where(MarkCertificate.state == "submitted")) or 0


def printed_code(row: MarkCertificate, organisation: organisations.OrganisationView) -> str:
    """What must stand beside the mark: 企业信息码, or the user's own 统一社会信用代码, or the number itself."""
    if row.kind == "green":
        return row.company_code
    if row.kind == "gi_mark":
        return organisation.code if organisation.code_kind == "uscc" else ""
    return row.number


def used_grams(product_ids: Iterable[int]) -> dict[tuple[int, date], int]:
    """Grams counted by product and first day of its year."""
    query = (
        select(CertificateBooking.product_id, CertificateBooking.year_from, func.sum(CertificateBooking.grams))
        .where(CertificateBooking.product_id.in_(list(product_ids)))
        .group_by(CertificateBooking.product_id, CertificateBooking.year_from)
    )
    return {(product, year): int(grams) for product, year, grams in db.session.execute(query)}


def facts(rows: Sequence[MarkCertificate], on: date) -> list[rules.Certificate]:
    """The rows as the decision needs them, with what is used in the year that ``on`` lies in."""
    if not rows:
        return []
    ids = [r.id for r in rows]
    products = list(
        db.session.scalars(
            select(CertificateProduct).where(CertificateProduct.certificate_id.in_(ids)).order_by(CertificateProduct.id)
        )
    )
    plots = db.session.execute(
        select(CertificatePlot.certificate_id, CertificatePlot.place_id).where(CertificatePlot.certificate_id.in_(ids))
    ).all()
    used = used_grams(p.id for p in products)
    holders = organisations.views(sorted({r.organisation_id for r in rows}))
    made = []
    for row in rows:
        year = rules.quantity_year(row.valid_from, max(on, row.valid_from))
        made.append(
            rules.Certificate(
                id=row.id, kind=row.kind, number=row.number, organisation_id=row.organisation_id, state=row.state,
                valid_from=row.valid_from, valid_until=row.valid_until,
                products=tuple(
                    rules.Product(p.id, p.variety, p.form, p.yearly_grams, used.get((p.id, year), 0))
                    for p in products if p.certificate_id == row.id
                ),
                plots=frozenset(place for certificate, place in plots if certificate == row.id),
                printed_code=printed_code(row, holders[row.organisation_id]), in_conversion=row.in_conversion,
            )
        )  # fmt: skip
    return made


def rows_of(organisation_id: int) -> list[MarkCertificate]:
    """Every certificate of an organisation that was ever submitted, those that end first before the others."""
    query = select(MarkCertificate).where(
        MarkCertificate.organisation_id == organisation_id, MarkCertificate.state != "draft"
    )
    return list(db.session.scalars(query.order_by(MarkCertificate.valid_until.asc().nulls_last(), MarkCertificate.id)))


def hold(organisation_id: int, kind: str) -> None:
    """Until the commit no certificate of the organisation of one kind changes its state (share mode).

    What was read before is forgotten, so that the decision that follows is on what holds under the lock.
    """
    query = select(MarkCertificate.id).where(
        MarkCertificate.organisation_id == organisation_id, MarkCertificate.kind == kind
    )
    db.session.execute(query.order_by(MarkCertificate.id).with_for_update(read=True)).all()
    db.session.flush()
    db.session.expire_all()


def _mark(row: MarkCertificate, fact: rules.Certificate, check: CertificateCheck | None, ended: str = "") -> Mark:
    return Mark(
        kind=row.kind,
        label=rules.KINDS[row.kind].label,
        line=rules.mark_line(row.kind, row.number, fact.printed_code),
        number=row.number,
        issuer=row.issuer,
        valid_until=row.valid_until,
        checked_on=check.checked_on if check else None,
        register=check.register if check else "",
        path=f"/certificate/{row.public_id}",
        ended=ended,
    )


def last_checks(ids: Sequence[int]) -> dict[int, CertificateCheck]:
    """The latest look-up of each certificate."""
    query = select(CertificateCheck).where(CertificateCheck.certificate_id.in_(ids)).order_by(CertificateCheck.id)
    return {check.certificate_id: check for check in db.session.scalars(query)}


def lot_source(lot_public_id: object) -> str:
    """How a lot is named in the bookings."""
    return f"lot:{lot_public_id}"


def counted(source: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the lot named by an expression counts under any certificate (for a query of an upper floor)."""
    return select(CertificateBooking.id).where(CertificateBooking.source == source).exists()


def marks_of_lot(lot_public_id: object, *, variety: str, form: str, on: date | None = None) -> list[Mark]:
    """The marks a lot counts under, judged as of a day (today): what no longer holds comes with ``ended``.

    Plots and quantity were judged when the lot was counted; firm, state, term and scope are judged anew.
    """
    day = on or clock.today()
    query = (
        select(MarkCertificate, CertificateBooking.made_on)
        .join(CertificateProduct, CertificateProduct.certificate_id == MarkCertificate.id)
        .join(CertificateBooking, CertificateBooking.product_id == CertificateProduct.id)
        .where(CertificateBooking.source == lot_source(lot_public_id))
        .order_by(MarkCertificate.id)
    )
    found = [(row, made_on) for row, made_on in db.session.execute(query)]
    if not found:
        return []
    known = {f.id: f for f in facts([row for row, _ in found], day)}
    checks = last_checks(list(known))
    marks = []
    for row, made_on in found:
        use = Use(
            row.organisation_id, day, variety, form, made_on=made_on, booked=frozenset({row.id})
        )  # the firm is the certificate's: the lot was counted for it
        decision = rules.decide(row.kind, [known[row.id]], use)
        ended = "" if decision.shown else decision.reasons[0].message
        marks.append(_mark(row, known[row.id], checks.get(row.id), ended))
    return marks


def marks_of_item(organisation_id: int, variety: str, form: str, on: date | None = None) -> list[Mark]:
    """The marks a product of the organisation may carry today; plots are asked when a lot is counted."""
    day = on or clock.today()
    rows = {row.id: row for row in rows_of(organisation_id)}
    known = facts(list(rows.values()), day)
    checks = last_checks(list(rows))
    use = Use(organisation_id, day, variety, form)
    marks = []
    for kind in rules.KINDS:
        decision = rules.decide(kind, known, use)
        if decision.shown and decision.certificate is not None and rules.KINDS[kind].marked:
            row = rows[decision.certificate.id]
            marks.append(_mark(row, decision.certificate, checks.get(row.id)))
    return marks


def claimed(texts: Mapping[str, str]) -> bool:
    """Whether the texts claim any mark at all; asks nobody."""
    return bool(rules_claims.claims(texts))


def unsupported(
    organisation_id: int, texts: Mapping[str, str], products: Sequence[tuple[str, str]] | None, on: date | None = None
) -> list[rules_claims.Finding]:
    """Claims of marks in the texts that no certificate of the organisation bears out today.

    ``products`` are (variety, form) the words stand beside; None: beside none in particular.
    """
    said = rules_claims.claims(texts)
    if not said:
        return []
    day = on or clock.today()
    known = facts(rows_of(organisation_id), day)
    if products is None:
        return rules_claims.judge_unbound(said, known, Use(organisation_id, day, "", ""))
    uses = [Use(organisation_id, day, variety, form) for variety, form in dict.fromkeys(products)]
    return rules_claims.judge(said, known, uses or [Use(organisation_id, day, "", "")])


def covering_plots(place_ids: Iterable[int]) -> dict[int, list[MarkCertificate]]:
    """Certificates over plots, by plot: confirmed ones, once for a whole screen."""
    query = (
        select(CertificatePlot.place_id, MarkCertificate)
        .join(MarkCertificate, MarkCertificate.id == CertificatePlot.certificate_id)
        .where(CertificatePlot.place_id.in_(list(place_ids)), MarkCertificate.state == "confirmed")
        .order_by(MarkCertificate.id)
    )
    found: dict[int, list[MarkCertificate]] = {}
    for place_id, row in db.session.execute(query):
        found.setdefault(place_id, []).append(row)
    return found


def chain(row: MarkCertificate) -> list[MarkCertificate]:
    """The renewal chain the certificate stands in, oldest first."""
    line, seen = [row], {row.id}
    while line[0].renews_id is not None and line[0].renews_id not in seen:
        line.insert(0, db.session.get_one(MarkCertificate, line[0].renews_id))
        seen.add(line[0].id)
    while True:
        following = db.session.scalar(select(MarkCertificate).where(MarkCertificate.renews_id == line[-1].id))
        if following is None or following.id in seen:
            return line
        line.append(following)
        seen.add(following.id)


def by_number(number: str) -> list[MarkCertificate]:
    """Submitted certificates with this number or company code, whoever holds them (for the brand office's look-up)."""
    query = select(MarkCertificate).where(
        MarkCertificate.state != "draft", (MarkCertificate.number == number) | (MarkCertificate.company_code == number)
    )
    return list(db.session.scalars(query.order_by(MarkCertificate.id.desc()).limit(20)))
