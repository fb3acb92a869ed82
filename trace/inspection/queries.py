"""Reads of limits, reports and certificates; what lots are told through their evidence hook."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, or_, select

from core.account.actor import Actor
from core.db import db
from core.errors import BadInput, NotFound
from core.taxonomy import queries as taxonomy
from trace.inspection import rules, rules_certificate
from trace.inspection.models import Certificate, CertificatePrint, CertificateVoid, Limit, Report, Result
from trace.inspection.permissions import OFFICIAL
from trace.lot.evidence import CertificateEvidence, Evidence, ReportEvidence, ResultEvidence
from trace.lot.facts import load_background
from trace.lot.models import Lot
from trace.season.rules import plain_name


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


def _result(row: Result, superseded_by: str = "") -> ResultEvidence:
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
        superseded_by=superseded_by,
    )


def _report(row: Report, results: Sequence[Result], replaced: Mapping[tuple[int, str], str]) -> ReportEvidence:
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
        results=tuple(_result(r, replaced.get((row.id, plain_name(r.substance)), "")) for r in results),
        file_id=row.file_id,
        public_id=row.public_id,
        id=row.id,
        retest_of=row.retest_of_id,
    )


def _with_results(rows: Iterable[Report]) -> list[ReportEvidence]:
    reports = list(rows)
    results: dict[int, list[Result]] = {r.id: [] for r in reports}
    if results:
        for row in db.session.scalars(select(Result).where(Result.report_id.in_(results)).order_by(Result.position)):
            results[row.report_id].append(row)
    replaced = _replaced(list(results))
    return [_report(r, results[r.id], replaced) for r in reports]


def _replaced(report_ids: Sequence[int]) -> dict[tuple[int, str], str]:
    """Results of the reports that a retest (of whatever list) replaced, with the retest's number."""
    if not report_ids:
        return {}
    pairs = db.session.execute(
        select(Report.id, Report.retest_of_id, Report.report_no, Result.substance)
        .join(Result, Result.report_id == Report.id)
        .where(or_(Report.id.in_(report_ids), Report.retest_of_id.in_(report_ids)))
        .order_by(Report.id)
    ).all()
    numbers = {row.id: row.report_no for row in pairs}
    lines = [rules.ReportLine(row.id, row.retest_of_id, row.substance, "") for row in pairs]
    return {key: numbers[by] for key, by in rules.superseded(lines).items()}


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


def sampled_lot(public_id: uuid.UUID, actor: Actor) -> Lot:
    """The live row of a lot for whoever enters official samplings; NotFound otherwise."""
    row = db.session.scalar(select(Lot).where(Lot.public_id == public_id)) if actor.can(OFFICIAL) else None
    if row is None:
        raise NotFound("没有找到这个批次。", help="请按抽样单重新找。")
    return row


def official_reports(limit: int = 30) -> list[ReportEvidence]:
    """The latest official samplings of the town."""
    query = select(Report).where(Report.laboratory_kind == "official").order_by(Report.id.desc()).limit(limit)
    return _with_results(db.session.scalars(query))


def get_report(public_id: uuid.UUID, actor: Actor) -> ReportEvidence:
    """The report, if it is about the actor's organisation's lot or the actor's organisation entered it; NotFound otherwise."""
    row = db.session.scalar(select(Report).where(Report.public_id == public_id))
    own = row is not None and actor.organisation_id in (row.organisation_id, row.entered_by_id)
    if row is None or not (actor.is_system or own or actor.can(OFFICIAL)):
        raise NotFound("没有找到这份检测报告。", help="请从列表重新进入。")
    return _with_results([row])[0]


def certificate_of(lot_id: int) -> Certificate | None:
    """The certificate of the lot that counts (not voided), or None."""
    void = select(CertificateVoid.id).where(CertificateVoid.certificate_id == Certificate.id)
    return db.session.scalar(select(Certificate).where(Certificate.lot_id == lot_id, ~void.exists()))


def issues_of(lot_id: int) -> int:
    """How many certificates the lot ever had, voided ones included."""
    return db.session.scalar(select(func.count()).where(Certificate.lot_id == lot_id)) or 0


def void_of(certificate_id: int) -> CertificateVoid | None:
    """Why the certificate no longer counts, or None where it does."""
    return db.session.scalar(select(CertificateVoid).where(CertificateVoid.certificate_id == certificate_id))


def prints_of(certificate_id: int) -> list[CertificatePrint]:
    """The prints of the certificate, in order."""
    query = select(CertificatePrint).where(CertificatePrint.certificate_id == certificate_id)
    return list(db.session.scalars(query.order_by(CertificatePrint.no)))


def certificate_register(organisation_id: int) -> Select[Any]:
    """The rows of the register page: certificate, its void if there is one, and how often it was printed."""
    printed = (
        select(func.coalesce(func.sum(CertificatePrint.copies), 0))
        .where(CertificatePrint.certificate_id == Certificate.id)
        .scalar_subquery()
    )
    return (
        select(Certificate, CertificateVoid.reason.label("void_reason"), printed.label("printed"), Lot.lot_no)
        .select_from(Certificate)
        .outerjoin(CertificateVoid, CertificateVoid.certificate_id == Certificate.id)
        .join(Lot, Lot.id == Certificate.lot_id)
        .where(Certificate.organisation_id == organisation_id)
    )


def certified_lots(lot_ids: Iterable[int]) -> set[int]:
    """Which of the lots have a certificate that counts, once for a whole screen."""
    void = select(CertificateVoid.id).where(CertificateVoid.certificate_id == Certificate.id)
    query = select(Certificate.lot_id).where(Certificate.lot_id.in_(list(lot_ids)), ~void.exists())
    return set(db.session.scalars(query))


def voided(certificate_ids: Iterable[int]) -> set[int]:
    """Which of the certificates are void, once for a whole screen."""
    query = select(CertificateVoid.certificate_id).where(CertificateVoid.certificate_id.in_(list(certificate_ids)))
    return set(db.session.scalars(query))


def report_no_of(report_id: int) -> str:
    """The number of a report."""
    return db.session.scalar(select(Report.report_no).where(Report.id == report_id)) or ""


def panel_gaps(report: ReportEvidence) -> list[str]:
    """Pesticides of the journals behind the report's lot that the report did not test."""
    back = load_background(report.lot_id)
    entries = [entry for lines in back.journals.values() for entry in lines]
    return rules.panel_gaps(rules.pesticides_used(entries), [r.substance for r in report.results])


def load_report(public_id: uuid.UUID, lot_id: int) -> Report:
    """The live row of a report about the lot; BadInput where there is none."""
    row = db.session.scalar(select(Report).where(Report.public_id == public_id, Report.lot_id == lot_id))
    if row is None:
        raise BadInput("没有这份初检报告，请从列表里选。", code="inspection.retest", field="retest_of")
    return row


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
            bases=tuple(rules_certificate.BASES[b] for b in row.bases),
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


# --- facts for the rules that watch ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BadResult:
    """A result over its limit, or of a banned substance, that no retest replaced."""

    report_id: int
    report_no: str
    laboratory_kind: str
    lot_id: int
    organisation_id: int
    reported_on: date
    substance: str
    value: Decimal | None
    unit: str
    limit: Decimal | None
    judgement: str


def bad_results(*, recorded_since: datetime) -> list[BadResult]:
    """Every such result of reports recorded since, oldest first."""
    rows = db.session.execute(
        select(Report, Result)
        .join(Result, Result.report_id == Report.id)
        .where(Report.recorded_at >= recorded_since, Result.judgement.in_(("over", "banned_detected")))
        .order_by(Report.id, Result.position)
    ).all()
    replaced = _replaced(sorted({report.id for report, _ in rows}))
    return [
        BadResult(
            report.id, report.report_no, report.laboratory_kind, report.lot_id, report.organisation_id, report.reported_on,
            result.substance, result.value, result.unit, result.limit_value, result.judgement,
        )
        for report, result in rows
        if (report.id, plain_name(result.substance)) not in replaced
    ]  # fmt: skip


def untested_inputs(*, recorded_since: datetime) -> list[tuple[ReportEvidence, list[str]]]:
    """Reports recorded since that left out pesticides of the journals behind their lot, with the names left out."""
    query = select(Report).where(Report.recorded_at >= recorded_since).order_by(Report.id)
    found = [(report, panel_gaps(report)) for report in _with_results(db.session.scalars(query))]
    return [row for row in found if row[1]]
