"""Certificates are entered, sent in, looked up, confirmed; lots are counted against them.  Never commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from brand.certificate import queries, rules, rules_numbers
from brand.certificate.errors import TAKEN, CertificateNotFound, NotEditable
from brand.certificate.models import (
    CertificateBooking,
    CertificateCheck,
    CertificatePlot,
    CertificateProduct,
    CertificateReminder,
    MarkCertificate,
)
from brand.certificate.rules_policy import CertificateTerms
from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Conflict, Denied, RuleBroken
from core.file.service import store
from core.hooks import codes_changed
from core.identifiers import normalise_text
from core.notice.service import send, send_to_desk
from core.organisation import queries as organisations
from core.place import queries as places
from core.policy.queries import terms
from core.record.service import record
from core.taxonomy.queries import term
from core.workflow.engine import MoveContext
from core.workflow.table import Move

EDITABLE = ("draft", "returned")
TEXTS = {"issuer": 60, "licensor": 60, "area": 120, "note": 300}


def enter(actor: Actor, *, kind: str, renews: MarkCertificate | None = None, **values: Any) -> MarkCertificate:
    """A draft of the actor's organisation; BadInput where number or term have a shape no such certificate has."""
    if actor.organisation_id is None or not actor.can(rules.EDIT):
        raise Denied("证书由持证单位登记。", help="请在右上角切换到本单位的身份。")
    if kind not in rules.KINDS:
        raise BadInput("没有这一类证书，请从列表里选。", code="certificate.kind", field="kind")
    if renews is not None and (renews.organisation_id != actor.organisation_id or renews.kind != kind):
        raise CertificateNotFound()
    row = MarkCertificate(organisation_id=actor.organisation_id, kind=kind, renews_id=renews.id if renews else None)
    _apply(row, values)
    if renews is not None and row.valid_from <= renews.valid_from:
        raise BadInput(
            "续期证书的生效日要晚于原证书的生效日，请对照证书。", code="certificate.renewal_date", field="valid_from"
        )
    same = select(MarkCertificate.id).where(
        MarkCertificate.organisation_id == row.organisation_id,
        MarkCertificate.kind == kind,
        MarkCertificate.number == row.number,
        MarkCertificate.valid_from == row.valid_from,
    )
    if db.session.scalar(same) is not None:
        raise Conflict(TAKEN, code="certificate.taken", field="number", help="在列表里找到它再改。")
    db.session.add(row)
    db.session.flush()  # the audit row and the scope need its key
    record("certificate.entered", row, actor, kind=kind, number=row.number)
    return row


def edit(row: MarkCertificate, actor: Actor, **values: Any) -> None:
    """The draft says what the paper says."""
    _editable(row, actor)
    _apply(row, values)
    _changed(row, actor, "certificate.edited")


def _apply(row: MarkCertificate, values: Mapping[str, Any]) -> None:
    kind, first, last = rules.KINDS[row.kind], values["valid_from"], values.get("valid_until")
    if not isinstance(first, date):
        raise BadInput("生效日期还没有填，请照证书填写。", code="certificate.term", field="valid_from")
    rules_numbers.term(first, last, long_term=kind.long_term)
    row.number = rules_numbers.number(row.kind, values["number"], first).number
    code = values.get("company_code") or ""
    row.company_code = rules_numbers.company_code(code, first).number if code and row.kind == "green" else ""
    row.valid_from, row.valid_until = first, last
    route = values.get("route") or ""
    if row.kind == "gi_mark" and route not in rules.ROUTES:
        raise BadInput("请选取得使用资格的途径。", code="certificate.route", field="route")
    row.route = route if row.kind == "gi_mark" else ""
    row.in_conversion = bool(values.get("in_conversion")) and row.kind == "organic"
    for name, limit in TEXTS.items():
        text = normalise_text(values.get(name) or "", multiline=name == "note")
        if len(text) > limit:
            raise BadInput(f"最多 {limit} 个字，现在 {len(text)} 个。", code="input.too_long", field=name)
        setattr(row, name, text)
    if not row.issuer:
        raise BadInput("发证机构还没有填，请照证书填写。", code="certificate.issuer", field="issuer")
    if row.kind == "gi_mark" and not row.licensor:
        raise BadInput("写明许可人（注册人或登记机关）。", code="certificate.licensor", field="licensor")


def warnings(row: MarkCertificate) -> tuple[str, ...]:
    """What a person should compare with the paper once more; none of it refuses anything."""
    out = list(rules_numbers.number(row.kind, row.number, row.valid_from).warnings)
    if row.company_code:
        out += rules_numbers.company_code_warnings(row.company_code, row.valid_from)
    return (*dict.fromkeys(out), *rules_numbers.term_warnings(row.kind, row.valid_from, row.valid_until))


def add_product(
    row: MarkCertificate, actor: Actor, *, variety: str, form: str, yearly_grams: int | None = None
) -> CertificateProduct:
    """The draft covers one more product; each stands once."""
    _editable(row, actor)
    term("variety", variety, field="variety")
    term("form", form, field="form")
    if yearly_grams is not None and yearly_grams <= 0:
        raise BadInput("全年数量要大于 0；证书没有写就留空。", code="certificate.quantity", field="yearly_grams")
    if any((p.variety, p.form) == (variety, form) for p in row.products):
        raise BadInput(
            "这个产品已经加过了，要改数量请先删去原来那行。", code="certificate.product_twice", field="variety"
        )
    product = CertificateProduct(variety=variety, form=form, yearly_grams=yearly_grams)
    row.products.append(product)
    _changed(row, actor, "certificate.product_added", product=[variety, form], yearly_grams=yearly_grams)
    return product


def remove_product(row: MarkCertificate, actor: Actor, product_id: int) -> None:
    """The draft no longer covers the product."""
    _editable(row, actor)
    product = next((p for p in row.products if p.id == product_id), None)
    if product is None:
        raise CertificateNotFound()
    row.products.remove(product)
    _changed(row, actor, "certificate.product_removed", product=[product.variety, product.form])


def set_plots(row: MarkCertificate, actor: Actor, plots: Sequence[str]) -> None:
    """The draft covers exactly these plots of the organisation (public ids)."""
    _editable(row, actor)
    found = [places.pick(p, row.organisation_id, "plot", field="plots") for p in dict.fromkeys(plots)]
    row.plots[:] = []
    db.session.flush()  # a plot that stays is taken off and put on again
    row.plots[:] = [CertificatePlot(place_id=p.id) for p in found if p is not None]
    _changed(row, actor, "certificate.plots_set", plots=len(row.plots))


def set_scan(row: MarkCertificate, actor: Actor, stream: Any, filename: str) -> None:
    """The draft has a scan of its paper (a photo or a PDF, by content)."""
    _editable(row, actor)
    file = store(stream, filename, kind="document", owner_organisation_id=row.organisation_id, actor=actor)
    row.file_id = file.id
    _changed(row, actor, "certificate.scanned", sha256=file.sha256)


def note_check(
    row: MarkCertificate, actor: Actor, *, checked_on: date, register: str, outcome: str, note: str = ""
) -> CertificateCheck:
    """A look-up in the official register stands with its day, its person and its outcome; it is never changed."""
    if not actor.can(rules.CONFIRM) or not queries.visible(row, actor):
        raise CertificateNotFound()
    if outcome not in rules.OUTCOMES:
        raise BadInput("请选核对的结果。", code="certificate.outcome", field="outcome")
    if checked_on > clock.today():
        raise BadInput("核对的日期还没有到，填实际查询的那天。", code="certificate.check_date", field="checked_on")
    where = normalise_text(register)[:80]
    if not where:
        raise BadInput("写明在哪里查的，例如登记平台的名称。", code="certificate.register", field="register")
    check = CertificateCheck(
        certificate_id=row.id, checked_on=checked_on, register=where, outcome=outcome, note=normalise_text(note)[:300],
        recorded_at=clock.now(), user_id=actor.user_id, organisation_id=actor.organisation_id,
    )  # fmt: skip
    db.session.add(check)
    db.session.flush()
    db.session.refresh(row, ["checks"])
    record("certificate.checked", row, actor, outcome=outcome, register=where, checked_on=checked_on)
    return check


def load_facts(
    row: MarkCertificate, _move: Move, _actor: Actor, now: datetime, _payload: Mapping[str, Any]
) -> rules.CertificateFacts:
    """What the guards decide on, read under the row lock."""
    organisation = organisations.get_organisation(row.organisation_id)
    return rules.CertificateFacts(
        today=clock.local(now).date(),
        kind=row.kind,
        has_scan=row.file_id is not None,
        products=tuple(rules.Product(p.id, p.variety, p.form, p.yearly_grams) for p in row.products),
        plots=len(row.plots),
        printed_code=queries.printed_code(row, organisation),
        organisation_has_uscc=organisation.code_kind == "uscc",
        organisation_active=organisation.is_active,
        checks=tuple(rules.CheckFacts(c.checked_on, c.outcome) for c in row.checks),
        valid_until=row.valid_until,
        terms=terms(CertificateTerms, on=row.checks[-1].checked_on if row.checks else clock.local(now).date()),
    )


def on_submitted(row: MarkCertificate, _ctx: MoveContext) -> None:
    """Effect: the brand office is told."""
    name = organisations.get_organisation(row.organisation_id).short_name
    label = rules.KINDS[row.kind].label
    send_to_desk("brand_office", title=f"{label}证书待核对：{name}", link=f"/certificates/{row.public_id}")


def on_answered(row: MarkCertificate, ctx: MoveContext) -> None:
    """Effect of every decision of the office: the organisation is told, pages with its marks are made anew."""
    title = f"{rules.KINDS[row.kind].label}证书 {row.number}：{rules.CERTIFICATE.label_of(row.state)}"
    send(title=title, body=ctx.reason, link=f"/certificates/{row.public_id}", to_organisation_id=row.organisation_id)
    for hook in codes_changed:
        hook(organisation_id=row.organisation_id)


EFFECTS = {
    "submit": on_submitted,
    **dict.fromkeys(("confirm", "return", "suspend", "resume", "revoke"), on_answered),
}


@dataclass(frozen=True, slots=True)
class LotUse:
    """A lot that would carry marks: its name, firm, product, plots, day and grams."""

    source: str
    organisation_id: int
    variety: str
    form: str
    plots: frozenset[int]
    made_on: date
    grams: int


def decide_lot(lot: LotUse, on: date | None = None) -> list[rules.Decision]:
    """The decision for every kind the firm has a certificate of; writes nothing (a preview)."""
    day = on or clock.today()
    known = queries.facts(queries.rows_of(lot.organisation_id), day)
    use = rules.Use(
        lot.organisation_id, day, lot.variety, lot.form, made_on=lot.made_on, plots=lot.plots, grams=lot.grams,
        booked=_booked(lot.source),
    )  # fmt: skip
    return [rules.decide(kind, known, use) for kind in dict.fromkeys(c.kind for c in known)]


def _booked(source: str) -> frozenset[int]:
    query = select(CertificateProduct.certificate_id).join(
        CertificateBooking, CertificateBooking.product_id == CertificateProduct.id
    )
    return frozenset(db.session.scalars(query.where(CertificateBooking.source == source)))


def book_lot(lot: LotUse, actor: Actor) -> list[rules.Decision]:
    """The lot counts once under each certificate that covers it; never over a yearly quantity, also with lots at once.

    Returns every decision, so that the caller can say which mark was not granted and why.
    """
    first = decide_lot(lot)
    wanted = [d.certificate.product(lot.variety, lot.form) for d in first if d.shown and d.certificate is not None]
    ids = sorted(p.id for p in wanted if p is not None)
    if not ids:
        return first
    # Lots of one firm sealed at once wait here, and then read what the other counted.
    db.session.execute(
        select(CertificateProduct.id)
        .where(CertificateProduct.id.in_(ids))
        .order_by(CertificateProduct.id)
        .with_for_update()
    )
    decisions = decide_lot(lot)
    booked = _booked(lot.source)
    for decision in decisions:
        found = decision.certificate
        if not decision.shown or found is None or found.id in booked or not rules.KINDS[found.kind].marked:
            continue
        product = found.product(lot.variety, lot.form)
        if product is None or product.id not in ids:
            continue
        db.session.add(
            CertificateBooking(
                product_id=product.id, source=lot.source, grams=lot.grams, made_on=lot.made_on, booked_at=clock.now(),
                year_from=rules.quantity_year(found.valid_from, clock.today()),
            )
        )  # fmt: skip
        record(
            "certificate.lot_counted", ("brand_certificate_certificate", str(found.id)), actor,
            source=lot.source, grams=lot.grams,
        )  # fmt: skip
    db.session.flush()
    return decisions


def remind(now: datetime) -> int:
    """Every certificate whose end is near has told its firm once at each of the town's steps; returns how many were told."""
    today = clock.local(now).date()
    query = select(MarkCertificate).where(MarkCertificate.state == "confirmed", MarkCertificate.valid_until >= today)
    told, steps = 0, terms(CertificateTerms, on=today).reminder_days
    for row in db.session.scalars(query.order_by(MarkCertificate.id).with_for_update(skip_locked=True)).all():
        assert row.valid_until is not None
        sent = list(
            db.session.scalars(select(CertificateReminder.days).where(CertificateReminder.certificate_id == row.id))
        )
        renewed = db.session.scalar(
            select(MarkCertificate.id).where(MarkCertificate.renews_id == row.id, MarkCertificate.state == "confirmed")
        )
        days = rules.reminder_due(row.valid_until, today, sent, steps) if renewed is None else None
        if days is None:
            continue
        db.session.add(CertificateReminder(certificate_id=row.id, days=days, sent_at=now))
        left = (row.valid_until - today).days
        label = rules.KINDS[row.kind].label
        send(
            title=f"{label}证书还有 {left} 天到期",
            body=f"{row.number}，{row.valid_until} 24:00 到期。到期后页面和标签不再显示这个标志；要续用，请登记续期后的证书。",
            link=f"/certificates/{row.public_id}",
            to_organisation_id=row.organisation_id,
        )
        told += 1
    return told


def refuse_claims(organisation_id: int, texts: Mapping[str, str], products: Sequence[tuple[str, str]] | None) -> None:
    """RuleBroken with every claim of a mark that no certificate of the organisation bears out."""
    found = queries.unsupported(organisation_id, texts, products)
    if found:
        raise RuleBroken(unmet=[reason for finding in found for reason in finding.reasons[:1]])


def _editable(row: MarkCertificate, actor: Actor) -> None:
    if row.organisation_id != actor.organisation_id or not actor.can(rules.EDIT):
        raise CertificateNotFound()
    lock(row)
    if row.state not in EDITABLE:
        raise NotEditable()


def _changed(row: MarkCertificate, actor: Actor, verb: str, **details: Any) -> None:
    row.version += 1
    db.session.flush()  # what stands twice is told on this form
    record(verb, row, actor, **details)
