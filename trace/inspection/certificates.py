"""Use cases of the promise-of-compliance certificate: issue, print and reprint, void, typeset.

A certificate is never altered: a void is a row of its own, and so is each print.
"""

from __future__ import annotations

from collections.abc import Sequence

from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.document.service import typeset
from core.errors import BadInput, Conflict, Denied, RuleBroken, Unmet
from core.numbers import gap_free
from core.organisation import queries as organisations
from core.record.service import record
from trace.inspection import queries, rules_certificate
from trace.inspection.models import Certificate, CertificatePrint, CertificateVoid
from trace.inspection.permissions import CERTIFY
from trace.lot.facts import Background, intervals_of, load_background
from trace.lot.models import Lot
from trace.lot.rules import kg
from trace.season import queries as seasons
from trace.season.rules import effective, public_text

MAX_COPIES = 200


def own_lot(lot: Lot, actor: Actor, permission: str) -> int:
    """The id of the actor's organisation, which the lot must belong to; Denied otherwise."""
    if actor.organisation_id is None or not (actor.is_system or actor.can(permission)):
        raise Denied("检测和合格证由批次所属单位办理。", help="请在右上角切换到本单位的身份。")
    if lot.organisation_id != actor.organisation_id:
        raise Denied("这个批次不是本单位的。", help="请从列表重新进入。")
    return actor.organisation_id


def _place(back: Background) -> str:
    villages = sorted({place.village for _, place in back.seasons.values() if place.village})
    if not villages:
        return ""
    more = "等" if len(villages) > 3 else ""
    return f"山西省运城市临猗县{'、'.join(villages[:3])}{more}"


def certificate_facts(
    lot: Lot, actor: Actor, *, form: str, bases: Sequence[str], mass_g: int | None = None
) -> rules_certificate.CertificateFacts:
    """What decides on a certificate for the lot, or for ``mass_g`` grams of what is left of it."""
    back = load_background(lot.id)
    issued = queries.certificate_of(lot.id)
    organisation = organisations.get_organisation(lot.organisation_id)
    return rules_certificate.CertificateFacts(
        form=form,
        bases=tuple(bases),
        owns_lot=lot.organisation_id == actor.organisation_id,
        bought_in=lot.producer_id != lot.organisation_id,
        lot_open=lot.state == "open",
        already=issued.number if issued else "",
        lot_mass_g=lot.remainder_g,
        mass_g=lot.remainder_g if mass_g is None else mass_g,
        entries=[
            (season.species, entry)
            for season, _ in back.seasons.values()
            for entry in effective(back.journals[season.id])
        ],
        bans=seasons.banned_rows(),
        intervals=intervals_of(back),
        tests=[
            (r.laboratory_kind, [(x.substance, x.judgement) for x in r.results if not x.superseded_by])
            for r in back.evidence.reports
        ],
        telephone=organisation.public_phone,
        place=_place(back),
    )


def certificate_unmet(
    lot: Lot, actor: Actor, *, form: str = "producer", bases: Sequence[str] = ("control",)
) -> list[Unmet]:
    """Every reason why the certificate may not be issued now; empty means it may."""
    return rules_certificate.unmet_certificate(certificate_facts(lot, actor, form=form, bases=bases))


def issue_certificate(
    actor: Actor, *, lot: Lot, bases: Sequence[str], form: str = "producer", mass_g: int | None = None
) -> Certificate:
    """Afterwards the lot has its 承诺达标合格证, numbered without gaps; RuleBroken with every unmet rule.

    ``bases``: one or more of ``control``, ``own_test``, ``commissioned_test``; ``mass_g`` grams, all that is left by default.
    """
    organisation_id = own_lot(lot, actor, CERTIFY)
    if form not in rules_certificate.FORMS:
        raise BadInput("没有这一种样式，请从列表里选。", code="certificate.form", field="form")
    chosen = [b for b in rules_certificate.BASES if b in set(bases)]
    if len(chosen) != len(set(bases)):
        raise BadInput("没有这一项承诺依据，请从列表里选。", code="certificate.basis", field="bases")
    lock(lot)
    facts = certificate_facts(lot, actor, form=form, bases=chosen, mass_g=mass_g)
    unmet = rules_certificate.unmet_certificate(facts)
    if unmet:
        raise RuleBroken(unmet=unmet)
    today = clock.today()
    back = load_background(lot.id)
    certificate = Certificate(
        organisation_id=organisation_id,
        lot_id=lot.id,
        issue=queries.issues_of(lot.id) + 1,
        number=f"HG-{today.year}-{gap_free('compliance', today.year):06d}",
        form=form,
        statement=rules_certificate.STATEMENTS[form],
        bases=chosen,
        product_name=back.item.name,
        mass_g=facts.mass_g,
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
            "void": queries.void_of(certificate.id) is not None,
            "statement": certificate.statement,
            "bases": [
                {"label": label, "ticked": key in certificate.bases} for key, label in rules_certificate.BASES.items()
            ],
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


def _own(certificate: Certificate, actor: Actor) -> None:
    if not (actor.is_system or actor.can(CERTIFY)) or certificate.organisation_id != actor.organisation_id:
        raise Denied("合格证由开具的单位打印和作废。", help="请在右上角切换到本单位的身份。")


def print_certificate(certificate: Certificate, actor: Actor, *, copies: int, reason: str = "") -> CertificatePrint:
    """A print is in the register: the first freely, each later one with its reason; Conflict where it is void."""
    _own(certificate, actor)
    lot = db.session.get(Lot, certificate.lot_id)
    assert lot is not None
    lock(lot)
    if queries.void_of(certificate.id) is not None:
        raise Conflict("这份合格证已经作废，不能再打印。", code="certificate.void", help="重新开一份。")
    if not 1 <= copies <= MAX_COPIES:
        raise BadInput(f"一次打印 1 到 {MAX_COPIES} 份。", code="certificate.copies", field="copies")
    no = len(queries.prints_of(certificate.id)) + 1
    words = public_text(reason, "reason", label="重打的原因", required=no > 1)
    row = CertificatePrint(
        certificate_id=certificate.id, no=no, copies=copies, reason=words, printed_at=clock.now(), printed_by=actor.user_id
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    record("certificate.printed", certificate, actor, no=no, copies=copies, reason=words)
    return row


def void_certificate(certificate: Certificate, actor: Actor, *, reason: str) -> CertificateVoid:
    """The certificate no longer counts, and the lot may get another; RuleBroken once the lot is sealed with it."""
    _own(certificate, actor)
    words = public_text(reason, "reason", label="作废的原因", required=True)
    lot = db.session.get(Lot, certificate.lot_id)
    assert lot is not None
    lock(lot)
    if queries.void_of(certificate.id) is not None:
        raise Conflict("这份合格证已经作废过。", code="certificate.void")
    unmet = rules_certificate.unmet_void(lot_state=lot.state, number=certificate.number)
    if unmet:
        raise RuleBroken(unmet=unmet)
    row = CertificateVoid(certificate_id=certificate.id, reason=words, voided_at=clock.now(), voided_by=actor.user_id)
    db.session.add(row)
    db.session.flush()
    record("certificate.voided", certificate, actor, number=certificate.number, reason=words)
    return row
