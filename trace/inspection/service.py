"""Use cases: register a test report, issue the promise-of-compliance certificate, typeset it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.document.service import typeset
from core.errors import BadInput, Conflict, Denied, RuleBroken, Unmet
from core.identifiers import check_organisation_code, normalise_text
from core.numbers import gap_free
from core.organisation import queries as organisations
from core.record.service import record
from trace.inspection import queries, rules, telling
from trace.inspection.models import LABORATORY_KINDS, Certificate, Report, Result
from trace.inspection.permissions import CERTIFY, WRITE
from trace.lot.facts import Background, harvest_days, intervals_of, load_background
from trace.lot.models import Lot
from trace.lot.rules import kg
from trace.season import queries as seasons
from trace.season.rules import effective, plain_name, public_text

if TYPE_CHECKING:
    from core.file.models import StoredFile

MAX_RESULTS = 60


def _own(lot: Lot, actor: Actor, permission: str) -> int:
    if actor.organisation_id is None or not (actor.is_system or actor.can(permission)):
        raise Denied("检测和合格证由批次所属单位办理。", help="请在右上角切换到本单位的身份。")
    if lot.organisation_id != actor.organisation_id:
        raise Denied("这个批次不是本单位的。", help="请从列表重新进入。")
    return actor.organisation_id


def add_report(
    actor: Actor,
    *,
    lot: Lot,
    report_no: str,
    laboratory: str,
    sampled_on: date,
    reported_on: date,
    readings: Sequence[rules.Reading],
    laboratory_kind: str = "third_party",
    laboratory_code: str = "",
    standard: str = "GB 2763-2026",
    file: StoredFile | None = None,
) -> Report:
    """A report about a sample of the lot; each reading is judged by the limits in force on the harvest day and frozen.

    Build ``readings`` with ``trace.inspection.rules.reading(substance, result, detection_limit, method)``.
    """
    organisation_id = _own(lot, actor, WRITE)
    if laboratory_kind not in LABORATORY_KINDS:
        raise BadInput("没有这一类检测，请从列表里选。", code="inspection.kind", field="laboratory_kind")
    if not readings or len(readings) > MAX_RESULTS:
        raise BadInput(f"检测项目填 1 到 {MAX_RESULTS} 项。", code="inspection.results", field="results")
    if len({plain_name(r.substance) for r in readings}) != len(readings):
        raise BadInput("同一个检测项目填了两次，请删去一行。", code="inspection.twice", field="results")
    if sampled_on > reported_on:
        raise BadInput("报告日期早于抽样日期，请核对。", code="inspection.days", field="reported_on")
    if reported_on > clock.today():
        raise BadInput("报告日期还没到，请核对。", code="inspection.future", field="reported_on")
    number = public_text(report_no, "report_no", label="报告编号", required=True, limit=60)
    name = public_text(laboratory, "laboratory", label="检测机构", required=True, limit=60)
    if db.session.scalar(
        select(Report.id).where(
            Report.organisation_id == organisation_id, Report.laboratory == name, Report.report_no == number
        )
    ):
        raise Conflict("这份报告已经登记过。", code="inspection.taken", field="report_no")
    back = load_background(lot.id)
    days = harvest_days(back)
    judged_on = days[-1] if days else sampled_on
    product = queries.product_of(back.item.species)
    report = Report(
        organisation_id=organisation_id,
        lot_id=lot.id,
        report_no=number,
        laboratory=name,
        laboratory_kind=laboratory_kind,
        laboratory_code=check_organisation_code(laboratory_code, "laboratory_code") if laboratory_code.strip() else "",
        product=product.name,
        standard=normalise_text(standard)[:40],
        sampled_on=sampled_on,
        reported_on=reported_on,
        judged_on=judged_on,
        file_id=file.id if file else None,
        recorded_at=clock.now(),
        recorded_by=actor.user_id,
    )
    db.session.add(report)
    db.session.flush()
    judged = rules.judge_all(readings, queries.limits(), seasons.banned_rows(), product, judged_on)
    db.session.add_all(_result(report.id, i, j) for i, j in enumerate(judged, start=1))
    db.session.flush()
    record("inspection.reported", report, actor, lot=lot.lot_no, judgements=[j.judgement for j in judged])
    telling.reported(report, lot, [j.judgement for j in judged], actor)
    return report


def _result(report_id: int, position: int, judged: rules.Judged) -> Result:
    limit = judged.limit
    return Result(
        report_id=report_id,
        position=position,
        substance=judged.reading.substance,
        value=judged.reading.value,
        detection_limit=judged.reading.detection_limit,
        unit=judged.reading.unit,
        method=judged.reading.method,
        limit_value=limit.value if limit else None,
        limit_standard=limit.standard if limit else "",
        limit_marks=list(limit.marks) if limit else [],
        judgement=judged.judgement,
    )


# --- the certificate -------------------------------------------------------------------------------------------------


def _place(back: Background) -> str:
    villages = sorted({place.village for _, place in back.seasons.values() if place.village})
    if not villages:
        return ""
    more = "等" if len(villages) > 3 else ""
    return f"山西省运城市临猗县{'、'.join(villages[:3])}{more}"


def certificate_facts(lot: Lot, actor: Actor, *, form: str, bases: Sequence[str]) -> rules.CertificateFacts:
    """What decides on a certificate for the lot."""
    back = load_background(lot.id)
    issued = queries.certificate_of(lot.id)
    organisation = organisations.get_organisation(lot.organisation_id)
    return rules.CertificateFacts(
        form=form,
        bases=tuple(bases),
        owns_lot=lot.organisation_id == actor.organisation_id,
        bought_in=lot.producer_id != lot.organisation_id,
        lot_open=lot.state == "open",
        already=issued.number if issued else "",
        lot_mass_g=lot.mass_g,
        mass_g=lot.mass_g,
        entries=[
            (season.species, entry)
            for season, _ in back.seasons.values()
            for entry in effective(back.journals[season.id])
        ],
        bans=seasons.banned_rows(),
        intervals=intervals_of(back),
        tests=[(r.laboratory_kind, [(x.substance, x.judgement) for x in r.results]) for r in back.evidence.reports],
        telephone=organisation.public_phone,
        place=_place(back),
    )


def certificate_unmet(
    lot: Lot, actor: Actor, *, form: str = "producer", bases: Sequence[str] = ("control",)
) -> list[Unmet]:
    """Every reason why the certificate may not be issued now; empty means it may."""
    return rules.unmet_certificate(certificate_facts(lot, actor, form=form, bases=bases))


def issue_certificate(actor: Actor, *, lot: Lot, bases: Sequence[str], form: str = "producer") -> Certificate:
    """Afterwards the lot has its 承诺达标合格证, numbered without gaps; RuleBroken with every unmet rule.

    ``bases``: one or more of ``control``, ``own_test``, ``commissioned_test``.
    """
    organisation_id = _own(lot, actor, CERTIFY)
    if form not in rules.FORMS:
        raise BadInput("没有这一种样式，请从列表里选。", code="certificate.form", field="form")
    chosen = [b for b in rules.BASES if b in set(bases)]
    if len(chosen) != len(set(bases)):
        raise BadInput("没有这一项承诺依据，请从列表里选。", code="certificate.basis", field="bases")
    lock(lot)
    facts = certificate_facts(lot, actor, form=form, bases=chosen)
    unmet = rules.unmet_certificate(facts)
    if unmet:
        raise RuleBroken(unmet=unmet)
    today = clock.today()
    back = load_background(lot.id)
    certificate = Certificate(
        organisation_id=organisation_id,
        lot_id=lot.id,
        number=f"HG-{today.year}-{gap_free('compliance', today.year):06d}",
        form=form,
        statement=rules.STATEMENTS[form],
        bases=chosen,
        product_name=back.item.name,
        mass_g=lot.mass_g,
        place=facts.place,
        telephone=facts.telephone,
        issued_on=today,
        issued_at=clock.now(),
        issued_by=actor.user_id,
    )
    db.session.add(certificate)
    db.session.flush()
    record("certificate.issued", certificate, actor, number=certificate.number, lot=lot.lot_no)
    return certificate


def certificate_pdf(certificate: Certificate) -> bytes:
    """The certificate as an A6 PDF, byte-identical each time."""
    lot = db.session.get(Lot, certificate.lot_id)
    assert lot is not None
    issuer = organisations.get_organisation(certificate.organisation_id)
    return typeset(
        "trace/inspection/certificate.typ",
        {
            "number": certificate.number,
            "statement": certificate.statement,
            "bases": [{"label": label, "ticked": key in certificate.bases} for key, label in rules.BASES.items()],
            "product": certificate.product_name,
            "mass": f"{kg(certificate.mass_g)} kg",
            "lot": lot.lot_no,
            "place": certificate.place,
            "issuer": issuer.name,
            "code": issuer.code,
            "telephone": certificate.telephone,
            "day": [certificate.issued_on.year, certificate.issued_on.month, certificate.issued_on.day],
            "issued_on": f"{certificate.issued_on:%Y}年{certificate.issued_on.month}月{certificate.issued_on.day}日",
        },
    )
