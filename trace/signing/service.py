"""Seal records: version n of a signed statement about one lot (other statements stand in ``statements``).

One transaction writes record, signature and log queue row; the log writer integrates after the commit.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.errors import Denied, RuleBroken, Unmet
from core.hooks import lot_held
from core.record.service import record as audit
from core.workflow.engine import explain
from trace.log import service as log
from trace.lot import offers
from trace.lot import queries as lots
from trace.lot.genealogy import downstream
from trace.lot.models import Lot
from trace.lot.offers import Offer
from trace.lot.rules import LOT
from trace.lot.service import begin_sealing
from trace.signing import external, identity, proof, rules, status
from trace.signing.canonical import canonical_bytes, canonical_hash, normalise, parse_object
from trace.signing.errors import NoRecord, NotSealer
from trace.signing.making import refuse_unfit, sign_checked
from trace.signing.models import Did, Record, SigningKey
from trace.signing.permissions import SEAL
from trace.verify.status import Place, entry_for


@dataclass(frozen=True, slots=True)
class Preview:
    """Exactly what would be signed now, and everything that still keeps it from being signed."""

    credential: dict[str, Any]
    unmet: tuple[Unmet, ...]


def preview(
    lot_id: int,
    *,
    actor: Actor,
    kind: str = "record",
    reason: str = "",
    statement: str = "",
    facts: Sequence[str] = (),
) -> Preview:
    """What sealing would publish now (random id and time are new at each call), with every unmet rule; writes nothing."""
    lot = owned_lot(lot_id, actor)
    earlier = _earlier(lot.id)
    unmet = rules.unmet_next(kind, earlier, reason or "预览")
    if kind == "record" and lot.state == "open":
        unmet += explain(LOT, lot, "seal", actor)
    did = identity.find_did(lot.sealer_id)
    if did is None or identity.active_key(did.id) is None:
        unmet.append(
            Unmet(
                "trace.signing.no_key",
                "本单位还没有可用的签名密钥。",
                help="到“签名密钥”新建一把，约 1 分钟。",
                who="本单位负责人",
            )
        )
    issuer = did.did if did else "（建好签名密钥后才有）"
    told = _facts(lot, kind, statement, facts)
    credential = _credential(
        told, kind=kind, issuer=issuer, earlier=earlier, reason=reason, public_id=uuid.uuid4(), moment=clock.now()
    )
    try:
        rules.check_public(credential)
    except RuleBroken as broken:
        unmet += broken.unmet
    return Preview(credential, tuple(unmet))


def seal_record(
    lot_id: int,
    *,
    actor: Actor,
    kind: str = "record",
    reason: str = "",
    statement: str = "",
    facts: Sequence[str] = (),
    password_confirmed: bool = False,
    uploaded: external.Uploaded | None = None,
) -> Record:
    """Version n of the lot's record is signed, stored and queued for the log; it can never be changed again.

    ``kind``: ``record`` (the first; moves the lot to sealed), ``correction`` (new facts), ``addendum`` (``statement``,
    offered ``facts`` by their keys, later tests), ``withdrawal``; all but the first need a ``reason``, which is public.  Raises RuleBroken with
    every unmet rule, Denied without a confirmed password.  ``uploaded`` is a document the enterprise signed itself:
    it must say exactly what sealing would say now.
    """
    if not (actor.is_system or (actor.can(SEAL) and password_confirmed)):
        raise Denied(
            "封存要由有封存权限的负责人再输一次密码。", code="signing.password_needed", help="在封存页输入登录密码。"
        )
    log.refuse_if_behind(db.session)
    lot = owned_lot(lot_id, actor)
    lock(lot)  # two owners sealing at once: the second sees the first's version
    earlier = _earlier(lot.id)
    reason = reason.strip()
    unmet = rules.unmet_next(
        kind, earlier, reason, says_nothing=_says_nothing(lot, kind, earlier, statement.strip(), facts)
    )
    if unmet:
        raise RuleBroken(unmet=unmet)
    did, key = identity.usable_key(lot.sealer_id)
    told = begin_sealing(lot.id, actor) if kind == "record" else _facts(lot, kind, statement.strip(), facts)
    public_id = uploaded.public_id if uploaded else uuid.uuid4()
    place = _take_place(kind, public_id, uploaded)
    draft = _draft(
        told, kind=kind, did=did, key=key, earlier=earlier, reason=reason, public_id=public_id,
        moment=uploaded.moment if uploaded else clock.now(), place=place,
    )  # fmt: skip
    refuse_unfit(draft.document)
    if uploaded is not None:
        external.refuse_other_words(uploaded, draft)
    signer = proof.ExternalSigner(uploaded.proof_value) if uploaded else identity.sign_with(key)
    signed = sign_checked(draft, did, key, signer)
    row = _store(signed, key, kind=kind, lot=lot, earlier=earlier, reason=reason, actor=actor)
    audit(f"record.{kind}_sealed", row, actor, lot_id=lot.id, version=row.version, reason=reason)
    if kind == "withdrawal":
        status.withdraw(row.subject_key)
        _stop_sale(lot.id, reason)
    return row


def _stop_sale(lot_id: int, reason: str) -> None:
    """A withdrawn record stops the sale of its lot and of all made from it, for good: a withdrawal is final."""
    for affected in downstream([lot_id]):
        for react in lot_held:
            react(lot_id=affected, held=True, reason=f"记录已撤回：{reason}", source="record")


def to_sign(
    lot_id: int,
    *,
    actor: Actor,
    kind: str = "record",
    reason: str = "",
    statement: str = "",
    facts: Sequence[str] = (),
) -> proof.Draft:
    """What an enterprise that keeps its own key signs now; writes nothing.  RuleBroken with every unmet rule."""
    lot = owned_lot(lot_id, actor)
    earlier = _earlier(lot.id)
    unmet = rules.unmet_next(
        kind, earlier, reason, says_nothing=_says_nothing(lot, kind, earlier, statement.strip(), facts)
    )
    if kind == "record" and lot.state == "open":
        unmet += explain(LOT, lot, "seal", actor)
    if unmet:
        raise RuleBroken(unmet=unmet)
    did, key = identity.usable_key(lot.sealer_id)
    told = _facts(lot, kind, statement.strip(), facts)
    draft = _draft(
        told, kind=kind, did=did, key=key, earlier=earlier, reason=reason.strip(), public_id=uuid.uuid4(),
        moment=clock.now(), place=status.propose() if kind in rules.WITH_STATUS else None,
    )  # fmt: skip
    refuse_unfit(draft.document)
    return draft


def add_addendum(
    lot_id: int,
    *,
    actor: Actor,
    reason: str,
    statement: str = "",
    facts: Sequence[str] = (),
    password_confirmed: bool = False,
) -> Record:
    """What came after sealing is signed as the next version: words, and offered facts by their keys."""
    return seal_record(
        lot_id, actor=actor, kind="addendum", reason=reason, statement=statement, facts=facts,
        password_confirmed=password_confirmed,
    )  # fmt: skip


def offered(lot_id: int) -> list[Offer]:
    """The facts the platform knows of the lot that no addendum of it states yet."""
    rows = db.session.scalars(select(Record.payload).where(Record.lot_id == lot_id, Record.kind == "addendum"))
    stated = {canonical_hash(fact) for row in rows for fact in parse_object(row)["credentialSubject"].get("facts", [])}
    return [one for one in offers.offered(lot_id) if canonical_hash(normalise(one.fact)) not in stated]


def keys_of(lot_id: int, facts: Sequence[dict[str, Any]]) -> list[str]:
    """The keys of the offered facts that say just this (an uploaded addendum names facts, not keys)."""
    wanted = {canonical_hash(fact) for fact in facts}
    return [one.key for one in offers.offered(lot_id) if canonical_hash(normalise(one.fact)) in wanted]


def correct(lot_id: int, *, actor: Actor, reason: str, password_confirmed: bool = False) -> Record:
    """The lot's facts as they stand now are signed as the next version; the old one stays readable."""
    return seal_record(lot_id, actor=actor, kind="correction", reason=reason, password_confirmed=password_confirmed)


def withdraw(lot_id: int, *, actor: Actor, reason: str, password_confirmed: bool = False) -> Record:
    """The record is withdrawn, with a public reason; nothing can follow."""
    return seal_record(lot_id, actor=actor, kind="withdrawal", reason=reason, password_confirmed=password_confirmed)


def owned_lot(lot_id: int, actor: Actor) -> Lot:
    """The lot, for its sealer; NoRecord for a stranger's, NotSealer where only the owner asks."""
    lot = db.session.get(Lot, lot_id)
    owns = lot is not None and (actor.is_system or actor.organisation_id in (lot.organisation_id, lot.sealer_id))
    if lot is None or not owns:
        raise NoRecord("没有找到这个批次。", help="请从批次列表重新进入。")
    if not actor.is_system and lot.sealer_id != actor.organisation_id:
        raise NotSealer("这批由另一家单位封存。", help="请封存单位的负责人办理。")
    return lot


def _facts(lot: Lot, kind: str, statement: str, keys: Sequence[str] = ()) -> dict[str, Any]:
    if kind in rules.FULL:
        return lots.sealing_facts(lot.id)
    sealed = parse_object(_latest_full(lot.id).payload)
    if kind == "withdrawal":
        return rules.withdrawal_facts(sealed)
    later = [one.fact for one in offers.chosen(lot.id, keys)]
    return rules.addendum_facts(lots.sealing_facts(lot.id), sealed, statement, clock.local(clock.now()), later)


def _says_nothing(lot: Lot, kind: str, earlier: rules.Earlier | None, statement: str, facts: Sequence[str]) -> bool:
    """Whether an addendum would hold neither words nor facts nor a new test."""
    if kind != "addendum" or earlier is None or statement or facts:
        return False
    return "tests" not in _facts(lot, kind, "")["credentialSubject"]


def _latest_full(lot_id: int) -> Record:
    row = db.session.scalar(
        select(Record)
        .where(Record.lot_id == lot_id, Record.kind.in_(rules.FULL))
        .order_by(Record.version.desc())
        .limit(1)
    )
    if row is None:
        raise NoRecord("这批还没有封存。", help="先封存，再补充或更正。")
    return row


def _earlier(lot_id: int) -> rules.Earlier | None:
    row = db.session.scalar(select(Record).where(Record.lot_id == lot_id).order_by(Record.version.desc()).limit(1))
    if row is None:
        return None
    return rules.Earlier(row.kind, row.version, rules.record_url(identity.host(), row.public_id), row.digest)


def _credential(
    facts: dict[str, Any],
    *,
    kind: str,
    issuer: str,
    earlier: rules.Earlier | None,
    reason: str,
    public_id: uuid.UUID,
    moment: datetime,
) -> dict[str, Any]:
    host = identity.host()
    made = rules.lot_credential(
        facts,
        kind=kind,
        host=host,
        record_id=rules.record_url(host, public_id),
        issuer=issuer,
        now=moment,
        earlier=earlier,
        reason=reason,
    )
    normalised: dict[str, Any] = normalise(made)
    return normalised


def _draft(
    facts: dict[str, Any],
    *,
    kind: str,
    did: Did,
    key: SigningKey,
    earlier: rules.Earlier | None,
    reason: str,
    public_id: uuid.UUID,
    moment: datetime,
    place: Place | None,
) -> proof.Draft:
    """The document and proof options to be signed; id, time and place are new, or those of the uploaded document."""
    document = _credential(
        facts, kind=kind, issuer=did.did, earlier=earlier, reason=reason, public_id=public_id, moment=moment
    )
    if place is not None:
        document["credentialStatus"] = entry_for(place)
    return proof.prepare(document, method=identity.method_of(did, key), created=rules.stamp(moment))


def _take_place(kind: str, public_id: uuid.UUID, uploaded: external.Uploaded | None) -> Place | None:
    """The record's place in the status list; a withdrawal has none, because nothing can withdraw it."""
    if kind not in rules.WITH_STATUS:
        return None
    return status.take_proposed(public_id, uploaded.document) if uploaded else status.take(public_id)


def _store(
    signed: dict[str, Any],
    key: SigningKey,
    *,
    kind: str,
    lot: Lot,
    earlier: rules.Earlier | None,
    reason: str,
    actor: Actor,
) -> Record:
    entry = log.append_credential(signed)
    row = Record(
        public_id=uuid.UUID(signed["id"].rpartition("/")[2]), kind=kind, lot_id=lot.id, subject_key=f"lot:{lot.id}",
        version=earlier.version + 1 if earlier else 1, organisation_id=lot.sealer_id, key_id=key.id,
        payload=canonical_bytes(signed), digest=canonical_hash(signed), reason=reason if earlier else "",
        sealed_at=clock.now(), sealed_by=actor.user_id, log_entry_id=entry.id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()  # the caller shows it
    return row
