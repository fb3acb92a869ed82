"""The identity host, DIDs and keys: who may sign under which name, each did.json version logged from the first day."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, or_, select, text

from core import clock, config
from core.account.actor import SYSTEM, Actor
from core.db import db, lock
from core.errors import BadInput, Conflict
from core.notice.service import send
from core.organisation import queries as organisations
from core.record.service import record as audit
from core.seal import service as seal
from trace.log import queries as log_queries
from trace.log import service as log
from trace.signing import rules
from trace.signing.canonical import canonical_bytes
from trace.signing.errors import IdentityChanged, NoKey
from trace.signing.models import Did, DidDocument, Identity, SigningKey
from trace.signing.proof import LocalSigner
from trace.verify.entry import DID_DOCUMENT, did_document_entry
from trace.verify.multikey import decode_public_key, encode_public_key

_IDENTITY_LOCK = 0x59_44_49_44
key_taken: list[Callable[[int], None]] = []  # called with the organisation after a new key is in use


def host() -> str:
    """The identity host; refused where something is logged under another one already (TRUST 1).  Writes nothing."""
    configured = config.settings().identity_host
    stored = db.session.get(Identity, 1)
    if stored is not None and stored.host != configured and log_queries.anything_logged():
        raise IdentityChanged(
            f"身份域名已定为 {stored.host}，不能改成 {configured}。",
            help="把 YIDUN_IDENTITY_HOST 改回原来的域名再启动；已签的记录都以它为名。",
        )
    return configured


def store_host() -> None:
    """Afterwards the identity host is on record; it follows the setting until the first entry is logged."""
    configured = host()
    db.session.execute(text("select pg_advisory_xact_lock(:k)"), {"k": _IDENTITY_LOCK})
    stored = db.session.get(Identity, 1)
    if stored is None:
        db.session.add(Identity(id=1, host=configured, stored_at=clock.now()))
        db.session.flush()  # one row only: a second writer waits at the lock above
    else:
        stored.host = configured


def did_name(kind: str, code: str) -> str:
    """The DID of an organisation: the platform is the host itself, everybody else ``:org:<code>``."""
    name = host()
    return f"did:web:{name}" if kind == "platform" else f"did:web:{name}:org:{code}"


def find_did(organisation_id: int) -> Did | None:
    """The DID of an organisation under the code it has now, or None before its first key under that code."""
    query = select(Did).where(Did.organisation_id == organisation_id).order_by(Did.id.desc()).limit(1)
    found = db.session.scalar(query)
    if found is None or ":org:" not in found.did:
        return found
    code = organisations.get_organisation(organisation_id).code
    return found if found.did.endswith(f":org:{code}") else None


def ensure_did(organisation_id: int, actor: Actor) -> Did:
    """The DID of an organisation with a key that can sign; DID, first key and first did.json are made where missing."""
    did = _did_row(organisation_id)
    if active_key(did.id) is None:
        create_key(organisation_id, actor)
    return did


def active_key(did_id: int) -> SigningKey | None:
    """The newest key that has not ended and is not past its planned end, or None."""
    planned = SigningKey.planned_end_at
    return db.session.scalar(
        select(SigningKey)
        .where(SigningKey.did_id == did_id, SigningKey.ended_at.is_(None))
        .where(or_(planned.is_(None), planned > clock.now()))
        .order_by(SigningKey.number.desc())
        .limit(1)
    )


def usable_key(organisation_id: int) -> tuple[Did, SigningKey]:
    """DID and key the organisation signs with; ``NoKey`` where it has none."""
    did = find_did(organisation_id)
    key = active_key(did.id) if did else None
    if did is None or key is None:
        raise NoKey("本单位还没有可用的签名密钥。", help="到“签名密钥”新建一把，约 1 分钟。")
    return did, key


def create_key(organisation_id: int, actor: Actor) -> SigningKey:
    """A new key held by the platform, sealed; a key in use before it expires in the same did.json version."""
    private = Ed25519PrivateKey.generate()
    public_id = uuid.uuid4()
    secret = seal.seal(
        private.private_bytes_raw(), table=SigningKey.__tablename__, row=public_id, purpose="signing-key"
    )
    key = SigningKey(
        public_id=public_id,
        public_key=private.public_key().public_bytes_raw(),
        custody="local",
        sealed_secret=secret,
        created_at=clock.now(),
    )
    return _take_into_use(organisation_id, key, actor)


def register_external_key(organisation_id: int, multikey: str, actor: Actor) -> SigningKey:
    """A key whose secret the enterprise keeps; ``multikey`` is its publicKeyMultibase (``z6Mk…``)."""
    try:
        public_key = decode_public_key(multikey.strip())
    except ValueError:
        raise BadInput(
            "这不是 Ed25519 公钥。",
            code="signing.bad_public_key",
            field="multikey",
            help="粘贴以 z6Mk 开头的一行公钥。",
        ) from None
    if db.session.scalar(select(SigningKey.id).where(SigningKey.public_key == public_key)) is not None:
        raise Conflict(
            "这把公钥已经登记过。", code="signing.key_known", field="multikey", help="每次轮换都用一把新的密钥。"
        )
    key = SigningKey(
        public_id=uuid.uuid4(), public_key=public_key, custody="external", sealed_secret=None, created_at=clock.now()
    )
    return _take_into_use(organisation_id, key, actor)


def revoke_key(organisation_id: int, key_public_id: uuid.UUID, reason: str, actor: Actor) -> DidDocument:
    """The key ends now (leaked or lost) in a new did.json version; records logged before stay valid (TRUST 2)."""
    did = _did_row(organisation_id)
    lock(did)
    key = _live_key(did, key_public_id)
    if not reason.strip():
        raise BadInput(
            "吊销要写明原因。", code="signing.reason_missing", field="reason", help="例如：设备丢失、怀疑泄露。"
        )
    return _revoke(did, key, reason.strip(), actor)


def revoke(key: SigningKey, reason: str, actor: Actor) -> DidDocument:
    """The key ends now, whatever became of its organisation, in a new did.json version of the DID it belongs to."""
    did = db.session.get_one(Did, key.did_id)
    lock(did)
    return _revoke(did, key, reason, actor)


def _revoke(did: Did, key: SigningKey, reason: str, actor: Actor) -> DidDocument:
    _end(did, key, "revoked", reason)
    audit("signing_key.revoked", key, actor, reason=reason, did=did.did)
    return publish_document(did)


def plan_end(organisation_id: int, key_public_id: uuid.UUID, last_day: date | None, actor: Actor) -> SigningKey:
    """The key signs up to the end of ``last_day`` (Asia/Shanghai) and then expires by itself; None takes the plan back."""
    did = _did_row(organisation_id)
    lock(did)
    key = _live_key(did, key_public_id)
    if last_day is not None and last_day < clock.today():
        raise BadInput(
            "停用日不能早于今天。", code="signing.end_in_the_past", field="last_day", help="要马上停用，用“吊销”。"
        )
    key.planned_end_at = None
    if last_day is not None:
        key.planned_end_at = datetime.combine(last_day + timedelta(days=1), time(), clock.SHANGHAI)
    db.session.flush()  # the page shows it
    audit("signing_key.end_planned", key, actor, last_day=last_day, did=did.did)
    return key


def end_planned() -> int:
    """Every key past its planned end has ended (``expires``) in a new did.json version; how many.  Idempotent."""
    due = db.session.execute(
        select(SigningKey.id, SigningKey.did_id)
        .where(SigningKey.ended_at.is_(None), SigningKey.planned_end_at <= clock.now())
        .order_by(SigningKey.did_id, SigningKey.number)
    ).all()
    done = 0
    for key_id, did_id in due:
        did = db.session.get_one(Did, did_id)
        lock(did)
        key = db.session.get_one(SigningKey, key_id, populate_existing=True)
        if key.ended_at is None:
            log.refuse_if_behind(db.session)
            _end(did, key, "expires", "到期")
            publish_document(did)
            audit("signing_key.expired", key, SYSTEM, did=did.did, number=key.number)
            send(
                title="签名密钥已到期停用",
                body=f"{method_of(did, key)} 已按计划停用，以前签的记录照样有效。要继续封存，请新建一把。",
                link="/trace/keys",
                to_organisation_id=did.organisation_id,
            )
            done += 1
    return done


def _live_key(did: Did, key_public_id: uuid.UUID) -> SigningKey:
    key = db.session.scalar(
        select(SigningKey).where(SigningKey.did_id == did.id, SigningKey.public_id == key_public_id)
    )
    if key is None or key.ended_at is not None:
        raise Conflict("这把密钥不在用。", code="signing.key_not_in_use", help="刷新页面看看最新状态。")
    return key


def sign_with(key: SigningKey) -> LocalSigner:
    """The signer of a key the platform holds; ``NoKey`` for one the enterprise holds itself."""
    if key.sealed_secret is None:
        raise NoKey("这把密钥由企业自管，平台不能代签。", help="下载待签内容，签好后上传签名。")
    return LocalSigner(
        seal.unseal(key.sealed_secret, table=SigningKey.__tablename__, row=key.public_id, purpose="signing-key")
    )


def method_of(did: Did, key: SigningKey) -> str:
    """The verification method id of a key."""
    return f"{did.did}#key-{key.number}"


def next_version(did: Did) -> int:
    """The number the next did.json version will have."""
    latest = db.session.scalar(select(func.max(DidDocument.version)).where(DidDocument.did_id == did.id))
    return (latest or 0) + 1


def publish_document(did: Did) -> DidDocument:
    """A new did.json version from the keys as they are now, queued for the log in the same transaction."""
    version = next_version(did)
    keys = db.session.scalars(select(SigningKey).where(SigningKey.did_id == did.id).order_by(SigningKey.number)).all()
    document = document_body(did, keys, version)
    entry = log.append(DID_DOCUMENT, did_document_entry(document))
    row = DidDocument(
        did_id=did.id,
        version=version,
        document=canonical_bytes(document),
        log_entry_id=entry.id,
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()  # versions are counted from the table
    return row


def document_body(did: Did, keys: Any, version: int) -> dict[str, Any]:
    """The did.json: ended keys stay listed with their end, so that records logged before can still be checked."""
    methods = []
    for key in keys:
        method = {
            "id": method_of(did, key),
            "type": "Multikey",
            "controller": did.did,
            "publicKeyMultibase": encode_public_key(key.public_key),
        }
        if key.ended_at is not None:
            method[key.end_kind] = rules.stamp(key.ended_at)
            method["endedInDocumentVersion"] = str(key.ended_in_version)
        methods.append(method)
    return {
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/multikey/v1",
            rules.context_url(host()),
        ],
        "id": did.did,
        "documentVersion": str(version),
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def _did_row(organisation_id: int) -> Did:
    found = find_did(organisation_id)
    if found is None:
        store_host()
        organisation = organisations.get_organisation(organisation_id)
        name = did_name(organisation.kind, organisation.code)
        found = Did(organisation_id=organisation_id, did=name, created_at=clock.now())
        db.session.add(found)
        db.session.flush()  # its id is referred to
    return found


def _take_into_use(organisation_id: int, key: SigningKey, actor: Actor) -> SigningKey:
    did = _did_row(organisation_id)
    log.refuse_if_behind(db.session)
    lock(did)
    before = db.session.scalars(
        select(SigningKey).where(SigningKey.did_id == did.id, SigningKey.ended_at.is_(None)).order_by(SigningKey.number)
    ).all()
    highest = db.session.scalar(select(func.max(SigningKey.number)).where(SigningKey.did_id == did.id))
    key.did_id, key.number = did.id, (highest or 0) + 1
    for older in before:
        _end(did, older, "expires", "轮换")
    db.session.add(key)
    db.session.flush()  # the document lists it
    publish_document(did)
    audit("signing_key.created", key, actor, did=did.did, number=key.number, custody=key.custody)
    for react in key_taken:
        react(organisation_id)
    return key


def _end(did: Did, key: SigningKey, kind: str, reason: str) -> None:
    version = next_version(did)
    key.ended_at, key.end_kind, key.end_reason, key.ended_in_version = clock.now(), kind, reason, version
    db.session.flush()  # the document lists its end
