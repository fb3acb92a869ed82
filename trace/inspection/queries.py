"""Reads of limits, reports and certificates; what lots are told through their evidence hook."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import Select, func, select

from core.account.actor import Actor
from core.db import db
from core.errors import NotFound
from core.taxonomy import queries as taxonomy
from trace.inspection import rules
from trace.inspection.models import Certificate, Limit, Report, Result
from trace.lot.evidence import CertificateEvidence, Evidence, ReportEvidence, ResultEvidence


def limits() -> list[rules.LimitRow]:
    """The whole dated table of limits."""
    return [
        rules.LimitRow(
            substance=r.substance,
            product=r.product,
            value=r.value,
            standard=r.standard,
            valid_from=r.valid_from,
            valid_to=r.valid_to,
            aliases=tuple(r.aliases),
            excludes=tuple(r.excludes),
            temporary=r.temporary,
            to_be_confirmed=r.to_be_confirmed,
            unit=r.unit,
        )
        for r in db.session.scalars(select(Limit).order_by(Limit.substance, Limit.id))
    ]


def limit_table() -> Select[Limit]:
    """The rows of the limits page."""
    return select(Limit)


def product_of(species: str) -> rules.Product:
    """A species as the residue standard names it and its class; the label itself where the standard is not known."""
    word = taxonomy.find_term(species)
    attributes = word.attributes if word else {}
    label = word.label if word else species
    return rules.Product(attributes.get("mrl_product", label), attributes.get("mrl_class", ""), species)


def _result(row: Result) -> ResultEvidence:
    return ResultEvidence(
        substance=row.substance,
        result="not_detected" if row.value is None else rules.decimal_text(row.value),
        unit=row.unit,
        judgement=row.judgement,
        judgement_label=rules.JUDGEMENTS[row.judgement],
        detection_limit=rules.decimal_text(row.detection_limit) if row.detection_limit is not None else "",
        limit=rules.decimal_text(row.limit_value) if row.limit_value is not None else "",
        limit_standard=row.limit_standard,
        method=row.method,
        marks=tuple(row.limit_marks),
    )


def _report(row: Report, results: Sequence[Result]) -> ReportEvidence:
    return ReportEvidence(
        lot_id=row.lot_id,
        report_no=row.report_no,
        laboratory=row.laboratory,
        laboratory_kind=row.laboratory_kind,
        laboratory_code=row.laboratory_code,
        product=row.product,
        standard=row.standard,
        sampled_on=row.sampled_on,
        reported_on=row.reported_on,
        results=tuple(_result(r) for r in results),
        file_id=row.file_id,
        public_id=row.public_id,
    )


def _with_results(rows: Iterable[Report]) -> list[ReportEvidence]:
    reports = list(rows)
    results: dict[int, list[Result]] = {r.id: [] for r in reports}
    if results:
        for row in db.session.scalars(select(Result).where(Result.report_id.in_(results)).order_by(Result.position)):
            results[row.report_id].append(row)
    return [_report(r, results[r.id]) for r in reports]


def reports_for_lots(lot_ids: Iterable[int]) -> list[ReportEvidence]:
    """Reports about samples of the lots, oldest first, with their results."""
    wanted = list(lot_ids)
    if not wanted:
        return []
    query = select(Report).where(Report.lot_id.in_(wanted)).order_by(Report.reported_on, Report.id)
    return _with_results(db.session.scalars(query))


def reports_of(organisation_id: int) -> list[ReportEvidence]:
    """The organisation's reports, latest first."""
    query = (
        select(Report)
        .where(Report.organisation_id == organisation_id)
        .order_by(Report.reported_on.desc(), Report.id.desc())
    )
    return _with_results(db.session.scalars(query))


def get_report(public_id: uuid.UUID, actor: Actor) -> ReportEvidence:
    """The report, if it is the actor's organisation's; NotFound otherwise."""
    row = db.session.scalar(select(Report).where(Report.public_id == public_id))
    if row is None or (not actor.is_system and row.organisation_id != actor.organisation_id):
        raise NotFound("没有找到这份检测报告。", help="请从列表重新进入。")
    return _with_results([row])[0]


def certificate_of(lot_id: int) -> Certificate | None:
    """The certificate of the lot, or None."""
    return db.session.scalar(select(Certificate).where(Certificate.lot_id == lot_id))


def get_certificate(public_id: uuid.UUID, actor: Actor) -> Certificate:
    """The certificate, if it is the actor's organisation's; NotFound otherwise."""
    row = db.session.scalar(select(Certificate).where(Certificate.public_id == public_id))
    if row is None or (not actor.is_system and row.organisation_id != actor.organisation_id):
        raise NotFound("没有找到这份合格证。", help="请从列表重新进入。")
    return row


def certificates_of(organisation_id: int) -> list[Certificate]:
    """The organisation's register of certificates, latest first (kept two years and more)."""
    return list(
        db.session.scalars(
            select(Certificate)
            .where(Certificate.organisation_id == organisation_id)
            .order_by(Certificate.issued_on.desc(), Certificate.id.desc())
        )
    )


def evidence(lot_id: int, upstream_ids: Sequence[int]) -> Evidence:
    """What this room says about a lot: reports of the lot and all it was made from, and its own certificate."""
    row = certificate_of(lot_id)
    certificate = None
    if row is not None:
        certificate = CertificateEvidence(
            number=row.number,
            form=row.form,
            statement=row.statement,
            bases=tuple(rules.BASES[b] for b in row.bases),
            mass_g=row.mass_g,
            place=row.place,
            issued_on=row.issued_on,
            organisation_id=row.organisation_id,
            public_id=row.public_id,
        )
    return Evidence(tuple(reports_for_lots(upstream_ids)), certificate)


def progress(organisation_id: int) -> dict[str, int]:
    """Reports and certificates of the organisation, for the guided start."""
    reports = db.session.scalar(select(func.count()).where(Report.organisation_id == organisation_id)) or 0
    issued = db.session.scalar(select(func.count()).where(Certificate.organisation_id == organisation_id)) or 0
    return {"reports": int(reports), "certificates": int(issued)}
