"""Use case: register a test report, of one's own, commissioned, or official; judge it once and freeze it.

The certificate stands in ``trace.inspection.certificates``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from core import clock
from core.account.actor import Actor
from core.db import db
from core.errors import BadInput, Conflict
from core.identifiers import check_organisation_code
from core.notice.service import send, send_to_desk
from core.record.service import record
from trace.inspection import queries, rules, rules_units, telling
from trace.inspection.certificates import (
    certificate_facts,
    certificate_pdf,
    certificate_unmet,
    issue_certificate,
    own_lot,
)
from trace.inspection.models import LABORATORY_KINDS, Report, Result
from trace.inspection.permissions import OFFICIAL, WRITE
from trace.lot.facts import harvest_days, load_background
from trace.lot.models import Lot
from trace.season import queries as seasons
from trace.season.rules import plain_name, public_text

if TYPE_CHECKING:
    from decimal import Decimal

    from core.file.models import StoredFile

__all__ = ["add_report", "certificate_facts", "certificate_pdf", "certificate_unmet", "issue_certificate", "own_lot"]
MAX_RESULTS = 60


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
    file: StoredFile | None = None,
    retest_of: Report | None = None,
) -> Report:
    """A report about a sample of the lot; each reading is judged by the limits in force on the harvest day and frozen.

    An official sampling is entered by the office, or by the enterprise with the document.  A retest replaces the results
    of the first report item by item for every gate; both stay readable.

    Build ``readings`` with ``trace.inspection.rules.reading(substance, result, detection_limit, method)``.
    """
    if laboratory_kind not in LABORATORY_KINDS:
        raise BadInput("没有这一类检测，请从列表里选。", code="inspection.kind", field="laboratory_kind")
    organisation_id = _may_report(lot, actor, laboratory_kind, file)
    _check_typed(readings, sampled_on, reported_on)
    number = public_text(report_no, "report_no", label="报告编号", required=True, limit=60)
    name = public_text(laboratory, "laboratory", label="检测机构", required=True, limit=60)
    _refuse_known(organisation_id, name, number)
    if retest_of is not None:
        _check_retest(retest_of, lot, laboratory_kind, name, reported_on)
    back = load_background(lot.id)
    days = harvest_days(back)
    judged_on = days[-1] if days else sampled_on
    product = queries.product_of(back.item.species)
    judged = rules.judge_all(readings, queries.limits(), seasons.banned_rows(), product, judged_on)
    report = Report(
        organisation_id=organisation_id, lot_id=lot.id, report_no=number, laboratory=name,
        laboratory_kind=laboratory_kind,
        laboratory_code=check_organisation_code(laboratory_code, "laboratory_code") if laboratory_code.strip() else "",
        product=product.name, standard=_standards(judged), sampled_on=sampled_on, reported_on=reported_on,
        judged_on=judged_on, file_id=file.id if file else None, recorded_at=clock.now(), recorded_by=actor.user_id,
        entered_by_id=actor.organisation_id, retest_of_id=retest_of.id if retest_of else None,
    )  # fmt: skip
    db.session.add(report)
    db.session.flush()
    db.session.add_all(_result(report.id, i, j) for i, j in enumerate(judged, start=1))
    db.session.flush()
    record("inspection.reported", report, actor, lot=lot.lot_no, judgements=[j.judgement for j in judged])
    telling.reported(report, lot, [j.judgement for j in judged], actor)
    _tell(report, lot, actor, judged)
    return report


def _refuse_known(organisation_id: int, laboratory: str, number: str) -> None:
    known = select(Report.id).where(
        Report.organisation_id == organisation_id, Report.laboratory == laboratory, Report.report_no == number
    )
    if db.session.scalar(known):
        raise Conflict("这份报告已经登记过。", code="inspection.taken", field="report_no")


def _check_typed(readings: Sequence[rules.Reading], sampled_on: date, reported_on: date) -> None:
    """Each substance once, the days in their order and none to come; BadInput names the field."""
    if not readings or len(readings) > MAX_RESULTS:
        raise BadInput(f"检测项目填 1 到 {MAX_RESULTS} 项。", code="inspection.results", field="results")
    if len({plain_name(r.substance) for r in readings}) != len(readings):
        raise BadInput("同一个检测项目填了两次，请删去一行。", code="inspection.twice", field="results")
    if sampled_on > reported_on:
        raise BadInput("报告日期早于抽样日期，请核对。", code="inspection.days", field="reported_on")
    if reported_on > clock.today():
        raise BadInput("报告日期还没到，请核对。", code="inspection.future", field="reported_on")


def _may_report(lot: Lot, actor: Actor, kind: str, file: StoredFile | None) -> int:
    """Whose report it is: the lot's organisation; Denied or BadInput where the actor may not enter it."""
    if kind == "official" and actor.can(OFFICIAL):
        return lot.organisation_id
    organisation_id = own_lot(lot, actor, WRITE)
    if kind == "official" and file is None:
        raise BadInput("登记监督抽检要附上抽检结果的文件。", code="inspection.official_file", field="file")
    return organisation_id


def _check_retest(first: Report, lot: Lot, kind: str, laboratory: str, reported_on: date) -> None:
    if first.lot_id != lot.id:
        raise BadInput("初检报告不是这一批的。", code="inspection.retest", field="retest_of")
    why = rules.unmet_retest(
        kind=kind, laboratory=laboratory, reported_on=reported_on, first_kind=first.laboratory_kind,
        first_laboratory=first.laboratory, first_reported_on=first.reported_on,
    )  # fmt: skip
    if why:
        raise BadInput(why, code="inspection.retest", field="retest_of")


def _tell(report: Report, lot: Lot, actor: Actor, judged: Sequence[rules.Judged]) -> None:
    """The office hears of every result over a limit or banned; the enterprise of an official report it did not enter."""
    bad = [j for j in judged if j.judgement in ("over", "banned_detected")]
    link = f"/inspection/reports/{report.public_id}"
    if bad:
        words = "，".join(f"{j.reading.substance}{rules.JUDGEMENTS[j.judgement]}" for j in bad)
        send_to_desk(
            "office", title=f"批次 {lot.lot_no} 检测{words}", body=f"{report.laboratory} {report.report_no}",
            link=f"/inspection/office/reports/{report.public_id}",
        )  # fmt: skip
    if actor.organisation_id != lot.organisation_id:
        send(
            title=f"监督抽检报告 {report.report_no} 已登记", body=f"批次 {lot.lot_no}，{len(judged)} 项，{len(bad)} 项有问题。",
            link=link, to_organisation_id=lot.organisation_id,
        )  # fmt: skip


def _allowed(judged: rules.Judged) -> Decimal | None:
    """The limit in the unit of the reading; None where there is none or the units do not convert."""
    limit = judged.limit
    return rules_units.convert(limit.value, limit.unit, judged.reading.unit) if limit else None


def _standards(judged: Sequence[rules.Judged]) -> str:
    """The standards whose limits the readings were held against, each once; empty where no item has a limit."""
    return "、".join(dict.fromkeys(j.limit.standard for j in judged if j.limit and _allowed(j) is not None))


def _result(report_id: int, position: int, judged: rules.Judged) -> Result:
    """The row, with the limit written in the unit of the reading."""
    limit, allowed = judged.limit, _allowed(judged)
    return Result(
        report_id=report_id,
        position=position,
        substance=judged.reading.substance,
        value=judged.reading.value,
        detection_limit=judged.reading.detection_limit,
        unit=judged.reading.unit,
        method=judged.reading.method,
        limit_value=allowed,
        limit_standard=limit.standard if limit and allowed is not None else "",
        limit_marks=list(limit.marks) if limit and allowed is not None else [],
        judgement=judged.judgement,
    )
