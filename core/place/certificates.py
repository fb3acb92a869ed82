"""Use cases of certificates that cover plots: enter one, change which plots it covers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, select

from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Conflict, Denied
from core.identifiers import normalise_text
from core.place import queries, rules_certificates
from core.place.models import MARKS, CoveredPlot, PlotCertificate
from core.place.permissions import EDIT
from core.record.service import record


def add_certificate(
    actor: Actor,
    *,
    kind: str,
    number: str,
    issuer: str,
    product: str,
    valid_from: date,
    valid_to: date | None,
    plots: Sequence[str],
    file_id: int | None = None,
    note: str = "",
) -> PlotCertificate:
    """A certificate of the actor's organisation covering ``plots`` (public ids); only the number's shape is checked."""
    if actor.organisation_id is None or not (actor.is_system or actor.can(EDIT)):
        raise Denied("证书由持证单位登记。", help="请在右上角切换到本单位的身份。")
    if kind not in MARKS:
        raise BadInput(
            "这里只登记不带标志的证书，请从列表里选。", code="plot_certificate.kind", field="kind",
            help="绿色食品、有机、地理标志证书到“证书与标志”登记，核对后才能展示标志。",
        )  # fmt: skip
    checked = rules_certificates.certificate_number(number)
    first, last = rules_certificates.certificate_term(kind, valid_from, valid_to)
    if db.session.scalar(
        select(PlotCertificate.id).where(
            PlotCertificate.organisation_id == actor.organisation_id,
            PlotCertificate.kind == kind,
            PlotCertificate.number == checked,
        )
    ):
        raise Conflict("这份证书已经登记过。", code="plot_certificate.taken", field="number")
    covered = _own_plots(actor.organisation_id, plots)
    row = PlotCertificate(
        organisation_id=actor.organisation_id,
        kind=kind,
        number=checked,
        issuer=_words(issuer, "issuer", "发证机构"),
        product=_words(product, "product", "认证产品"),
        valid_from=first,
        valid_to=last,
        file_id=file_id,
        note=normalise_text(note, multiline=True)[:300],
    )
    db.session.add(row)
    db.session.flush()
    _cover(row, covered)
    record("plot_certificate.added", row, actor, kind=kind, number=checked)
    return row


def change_cover(row: PlotCertificate, actor: Actor, plots: Sequence[str]) -> None:
    """The certificate covers exactly ``plots`` from now on."""
    covered = _own_plots(row.organisation_id, plots)
    lock(row)
    db.session.execute(delete(CoveredPlot).where(CoveredPlot.certificate_id == row.id))
    _cover(row, covered)
    row.version += 1
    record("plot_certificate.covered", row, actor, plots=len(covered))


def _own_plots(organisation_id: int, plots: Sequence[str]) -> list[int]:
    found = [queries.pick(p, organisation_id, "plot", field="plots") for p in dict.fromkeys(plots)]
    if not found:
        raise BadInput("请选证书覆盖的地块。", code="plot_certificate.plots", field="plots")
    return [p.id for p in found if p is not None]


def _cover(row: PlotCertificate, place_ids: Sequence[int]) -> None:
    db.session.add_all(CoveredPlot(certificate_id=row.id, place_id=place_id) for place_id in place_ids)
    db.session.flush()


def _words(text: str, field: str, label: str) -> str:
    clean = normalise_text(text)
    if not clean or len(clean) > 60:
        raise BadInput(f"{label}填 1 到 60 个字。", code=f"plot_certificate.{field}", field=field)
    return clean
