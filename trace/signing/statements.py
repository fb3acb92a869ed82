"""Signed statements that are no lot record: licences of the notary port, code series and their changes, recalls, event lists.

Each is a W3C VC 2.0 signed by one organisation's own DID, stored as a record, and one log entry whose fields follow from
the credential alone (``trace.verify.entry``).  The caller's transaction holds all of it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from core import clock, config
from core.account.actor import Actor
from core.db import db
from core.organisation import queries as organisations
from core.record.service import record as audit
from trace.log import service as log
from trace.signing import identity, proof, rules, status
from trace.signing.canonical import canonical_bytes, canonical_hash, normalise
from trace.signing.making import refuse_unfit, sign_checked
from trace.signing.models import Did, Record, SigningKey
from trace.verify.credential import BASE_CONTEXT
from trace.verify.status import entry_for


@dataclass(frozen=True, slots=True)
class Series:
    """A code series as its root credential names it: units ``first_unit`` to ``first_unit + count - 1`` of one item.

    ``item_uri`` and ``lot_uri`` are the canonical names of record-format 3 (never a loopback address); ``record_id`` is
    the address of the lot's sealed record; ``root`` the 32-byte Merkle root over the units (TRUST 5).
    """

    public_id: uuid.UUID
    organisation_id: int
    item_uri: str
    lot_uri: str
    lot_no: str
    first_unit: int
    count: int
    root: bytes
    record_id: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Name and moment a statement has already, so that an enterprise that keeps its own key signs exactly these words, as
    often as it downloads them; ``signature`` is what came back (multibase), empty where the platform holds the key.
    """

    public_id: uuid.UUID
    moment: datetime
    signature: str = ""


def issue(credential: dict[str, Any], *, issuer_code: str, subject: str, kind: str, actor: Actor) -> Record:
    """An unsigned credential of a lower floor is signed by the organisation ``issuer_code`` with its own DID and queued.

    Contexts, id, issuer and subject id are set here; addresses under the link origin become identity-host names.
    """
    organisation = organisations.get_by_code(issuer_code)
    did = identity.ensure_did(organisation.id, actor)
    key = identity.active_key(did.id)
    assert key is not None
    body = _renamed(credential, identity.host())
    body["credentialSubject"] = {"id": f"urn:uuid:{subject}", **body["credentialSubject"]}
    return _publish(body, did, key, kind=kind, subject=subject, actor=actor, contexts=[])


def issue_series_root(series: Series, actor: Actor, kept: Kept | None = None) -> Record:
    """The root of a code series is signed by its enterprise and logged as ``series-root``: item, lot, first unit, count and
    root stand in clear in the entry.  ``NoKey`` where the enterprise has no key, or keeps it itself and gave no signature.
    """
    body, subject = _series_body(series, kept), str(series.public_id)
    return _publish_own(body, series.organisation_id, kind="series", subject=subject, actor=actor, kept=kept)


def series_root_draft(series: Series, kept: Kept) -> proof.Draft:
    """What an enterprise that keeps its own key signs for a series; the same at every call."""
    return _own_draft(_series_body(series, kept), series.organisation_id, kept)


def _series_body(series: Series, kept: Kept | None) -> dict[str, Any]:
    if len(series.root) != 32:
        raise ValueError("a root has 32 bytes")
    return {
        "type": ["VerifiableCredential", "CodeSeriesRoot"],
        "validFrom": rules.stamp(kept.moment if kept else clock.now()),
        "credentialSubject": {
            "id": f"urn:uuid:{series.public_id}",
            "type": "CodeSeries",
            "item": series.item_uri,
            "lot": series.lot_uri,
            "lotNo": series.lot_no,
            "firstUnit": series.first_unit,
            "count": series.count,
            "root": series.root.hex(),
            "record": series.record_id,
        },
    }


@dataclass(frozen=True, slots=True)
class Change:
    """Units of a series were voided (``kind`` void) or printed again (reprint), with the public reason."""

    series_public_id: uuid.UUID
    organisation_id: int
    kind: str
    first_unit: int
    count: int
    reason: str

    @property
    def body(self) -> dict[str, Any]:
        """The unsigned statement without its moment."""
        if self.kind not in ("void", "reprint"):
            raise ValueError("a change is void or reprint")
        return {
            "type": ["VerifiableCredential", "CodeSeriesChange"],
            "reason": self.reason,
            "credentialSubject": {
                "id": f"urn:uuid:{self.series_public_id}",
                "type": "CodeSeries",
                "change": self.kind,
                "firstUnit": self.first_unit,
                "count": self.count,
            },
        }


def publish_change(change: Change, actor: Actor, kept: Kept) -> Record:
    """The change is signed by the enterprise of the series and logged as ``vc``; ``NoKey`` as for the root."""
    body = change.body | {"validFrom": rules.stamp(kept.moment)}
    return _publish_own(
        body, change.organisation_id, kind="series_change", subject=str(change.series_public_id), actor=actor,
        reason=change.reason, kept=kept,
    )  # fmt: skip


def change_draft(change: Change, kept: Kept) -> proof.Draft:
    """What an enterprise that keeps its own key signs for a change; the same at every call."""
    return _own_draft(change.body | {"validFrom": rules.stamp(kept.moment)}, change.organisation_id, kept)


def issue_series_change(
    series_public_id: uuid.UUID,
    organisation_id: int,
    *,
    change: str,
    first_unit: int,
    count: int,
    reason: str,
    actor: Actor,
) -> Record:
    """Units of a series were voided (``change="void"``) or printed again (``"reprint"``): signed and logged as ``vc``."""
    given = Change(series_public_id, organisation_id, change, first_unit, count, reason)
    return publish_change(given, actor, Kept(uuid.uuid4(), clock.now()))


def issue_recall(
    recall_public_id: uuid.UUID, organisation_id: int, *, lots: list[str], reason: str, actor: Actor
) -> Record:
    """A recall of the lots (their URIs) is signed by ``organisation_id`` and logged as ``recall``: the entry repeats how many
    lots and the digest of the sorted list.  A later call for the same recall is its next version (scope widened)."""
    body = {
        "type": ["VerifiableCredential", "LotRecall"],
        "validFrom": rules.stamp(clock.now()),
        "reason": reason,
        "credentialSubject": {"id": f"urn:uuid:{recall_public_id}", "type": "Recall", "lots": sorted(set(lots))},
    }
    return _publish_own(body, organisation_id, kind="recall", subject=str(recall_public_id), actor=actor, reason=reason)


@dataclass(frozen=True, slots=True)
class Events:
    """The public events of a lot as their list names them: ``(event hash id, digest, hash id of the public part)`` in order.

    ``document`` is the digest of the whole EPCIS document, ``record_id`` the address of the lot's record at that moment.
    """

    lot_id: int
    organisation_id: int
    lot_uri: str
    lot_no: str
    record_id: str
    events: tuple[tuple[str, str, str], ...]
    document: str


def issue_events(given: Events, actor: Actor, kept: Kept) -> Record:
    """The list of a lot's public events is signed by its sealer and logged as ``vc``; a later call is its next version."""
    return _publish_own(
        _events_body(given, kept), given.organisation_id, kind="events", subject=str(given.lot_id), actor=actor, kept=kept,
        context=rules.events_context_url(identity.host()),
    )  # fmt: skip


def events_draft(given: Events, kept: Kept) -> proof.Draft:
    """What a sealer that keeps its own key signs for an event list; the same at every call."""
    context = rules.events_context_url(identity.host())
    return _own_draft(_events_body(given, kept), given.organisation_id, kept, context=context)


def _events_body(given: Events, kept: Kept) -> dict[str, Any]:
    listed = [{"id": event, "digest": digest, "publicHash": public} for event, digest, public in given.events]
    document = {
        "id": rules.events_url(identity.host(), kept.public_id), "type": "Attachment",
        "mediaType": "application/ld+json", "digestSRI": given.document,
    }  # fmt: skip
    return {
        "type": ["VerifiableCredential", "LotEventList"],
        "validFrom": rules.stamp(kept.moment),
        "recordKind": "events",
        "credentialSubject": {
            "id": given.lot_uri, "type": "Lot", "lotNo": given.lot_no, "record": given.record_id, "events": listed
        },
        "relatedResource": [document],
    }  # fmt: skip


def _publish_own(
    body: dict[str, Any],
    organisation_id: int,
    *,
    kind: str,
    subject: str,
    actor: Actor,
    reason: str = "",
    kept: Kept | None = None,
    context: str = "",
) -> Record:
    did, key = identity.usable_key(organisation_id)
    extra = [context or rules.trust_context_url(identity.host())]
    return _publish(body, did, key, kind=kind, subject=subject, actor=actor, contexts=extra, reason=reason, kept=kept)


def _own_draft(body: dict[str, Any], organisation_id: int, kept: Kept, *, context: str = "") -> proof.Draft:
    did, key = identity.usable_key(organisation_id)
    return _draft(body, did, key, [context or rules.trust_context_url(identity.host())], kept)


def _draft(body: dict[str, Any], did: Did, key: SigningKey, contexts: list[str], kept: Kept) -> proof.Draft:
    host = identity.host()
    document: dict[str, Any] = normalise(body)
    document["@context"] = [BASE_CONTEXT, rules.context_url(host), *contexts]
    document |= {"id": rules.record_url(host, kept.public_id), "issuer": did.did}
    refuse_unfit(document)
    return proof.prepare(document, method=identity.method_of(did, key), created=rules.stamp(kept.moment))


def _publish(
    body: dict[str, Any],
    did: Did,
    key: SigningKey,
    *,
    kind: str,
    subject: str,
    actor: Actor,
    contexts: list[str],
    reason: str = "",
    kept: Kept | None = None,
) -> Record:
    log.refuse_if_behind(db.session)
    kept = kept or Kept(uuid.uuid4(), clock.now())
    place = status.take(kept.public_id) if kind in rules.WITH_STATUS else None
    draft = _draft(
        body | ({"credentialStatus": entry_for(place)} if place is not None else {}), did, key, contexts, kept
    )
    signer = proof.ExternalSigner(kept.signature) if kept.signature else identity.sign_with(key)
    signed = sign_checked(draft, did, key, signer)
    line = f"{kind}:{subject}"
    earlier = db.session.scalar(select(func.max(Record.version)).where(Record.subject_key == line)) or 0
    row = Record(
        public_id=kept.public_id, kind=kind, lot_id=None, subject_key=line, version=earlier + 1,
        organisation_id=did.organisation_id, key_id=key.id, payload=canonical_bytes(signed),
        digest=canonical_hash(signed), reason=reason, sealed_at=clock.now(), sealed_by=actor.user_id,
        log_entry_id=log.append_credential(signed).id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()  # the caller's answer names it
    audit(f"record.{kind}_issued", row, actor, about=subject, issuer=did.did)
    return row


def _renamed(value: Any, host: str) -> Any:
    """No address that may change or point at this machine stands in a signed record (TRUST 1)."""
    origin = config.settings().link_origin
    if isinstance(value, str):
        return f"https://{host}{value.removeprefix(origin)}" if value.startswith(origin) else value
    if isinstance(value, list):
        return [_renamed(item, host) for item in value]
    if isinstance(value, dict):
        return {name: _renamed(item, host) for name, item in value.items()}
    return value
