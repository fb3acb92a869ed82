"""Outside witnesses: who they are, and the loop that asks them to cosign what the log publishes (C2SP tlog-witness).

The request leaves between two short units, never inside one, and nothing waits for it: the writer publishes without
witnesses, their lines are added when they come.  A quiet log is cosigned anew every ``FRESH``.
"""

from __future__ import annotations

import logging
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import clock
from core.account.actor import Actor
from core.db import db, separate_unit
from core.errors import BadInput, Conflict, NotFound
from core.record.service import record as audit
from trace.log import service
from trace.log.models import Cosignature, LogKey, StoredCheckpoint, Witness
from trace.verify.cosign import CosignerKey, cosignatures
from trace.verify.reasons import VerificationError
from trace.verify.witness import SIZE_TYPE, write_submission

FRESH = timedelta(hours=6)
SILENT = timedelta(hours=24)  # traceability.md 5.6: alarm without a cosigned checkpoint for so long
RETRY = timedelta(seconds=60)
SECONDS = 10
MAX_ANSWER = 64 * 1024
log = logging.getLogger("yidun.witness")


@dataclass(frozen=True, slots=True)
class Reply:
    """What a witness answered."""

    status: int
    content_type: str
    body: str


Post = Callable[[str, bytes], Reply]


@dataclass(frozen=True, slots=True)
class Errand:
    """One request to one witness, with what is needed to read the answer outside of a unit."""

    witness_id: int
    key: CosignerKey
    url: str
    checkpoint_id: int
    size: int
    old_size: int
    note: str
    proof: tuple[bytes, ...]


def add(vkey: str, url: str, operator: str, actor: Actor) -> Witness:
    """Afterwards the witness is asked to cosign; BadInput for a wrong vkey or address, Conflict where it is known."""
    try:
        key = CosignerKey.parse(vkey)
    except VerificationError as error:
        raise BadInput(
            f"这不是见证公钥：{error.detail}", code="log.bad_witness_key", help="粘贴见证方给的整行 vkey。"
        ) from None
    if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise BadInput(
            "见证方网址要以 https:// 开头。", code="log.bad_witness_url", help="本机试验可用 http://127.0.0.1。"
        )
    if not operator.strip():
        raise BadInput("要写明见证方是哪家单位。", code="log.no_operator", help="例如：县商务局、某大学。")
    if db.session.scalar(select(Witness.id).where(Witness.vkey == str(key))) is not None:
        raise Conflict("这个见证方已经登记过。", code="log.witness_known", help="运行 flask trace witness list 查看。")
    row = Witness(name=key.name, operator=operator.strip(), vkey=str(key), url=url.rstrip("/"), added_at=clock.now())
    db.session.add(row)
    db.session.flush()  # the audit row names it
    audit("log.witness_added", row, actor, name=key.name, url=row.url, operator=row.operator)
    return row


def remove(name: str, actor: Actor) -> Witness:
    """Afterwards the witness is asked no more; what it has cosigned stays, but counts no longer."""
    row = db.session.scalar(select(Witness).where(Witness.name == name, Witness.removed_at.is_(None)))
    if row is None:
        raise NotFound("没有这个见证方。", code="log.no_witness", help="运行 flask trace witness list 查看名称。")
    row.removed_at = clock.now()
    audit("log.witness_removed", row, actor, name=row.name)
    return row


def active(session: Session) -> Sequence[Witness]:
    """The witnesses that are asked, in the order they came."""
    return session.scalars(select(Witness).where(Witness.removed_at.is_(None)).order_by(Witness.id)).all()


def http_post(url: str, body: bytes) -> Reply:
    """POST ``body``; OSError where the witness cannot be reached."""
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "text/plain; charset=utf-8"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - ``add`` checked the scheme
            return _reply(answer.status, answer)
    except urllib.error.HTTPError as error:
        with error:
            return _reply(error.code, error)


def collect(post: Post = http_post) -> int:
    """Ask every witness that is due once; returns how many cosigned.  Opens its own units: call it outside of one."""
    with separate_unit() as session:
        errands = [errand for row in active(session) if (errand := _errand(session, row)) is not None]
    return sum(_run(errand, post) for errand in errands)


def _errand(session: Session, row: Witness) -> Errand | None:
    """What to ask a witness now, or None where it has cosigned lately or failed just now."""
    latest = service.latest_checkpoint(session)
    now = clock.now()
    if latest is None or (row.failure and row.tried_at is not None and now - row.tried_at < RETRY):
        return None
    last = session.scalar(
        select(Cosignature.signed_at).where(Cosignature.checkpoint_id == latest.id, Cosignature.witness_id == row.id)
    )
    if last is not None and now - last < FRESH:
        return None
    if row.old_size > latest.size:
        _note_failure(row, f"见证方见过 {row.old_size} 条，本日志只有 {latest.size} 条，数据库可能是旧的。")
        return None
    tree = service.tree(session, latest.size)
    proof = tuple(tree.consistency(row.old_size, latest.size)) if row.old_size else ()
    key = CosignerKey.parse(row.vkey)
    return Errand(row.id, key, row.url, latest.id, latest.size, row.old_size, latest.note, proof)


def _run(errand: Errand, post: Post) -> int:
    body = write_submission(errand.old_size, errand.proof, errand.note)
    try:
        reply = post(f"{errand.url}/add-checkpoint", body)
    except (OSError, ValueError) as error:
        reply = Reply(0, "", f"{type(error).__name__}: {error}")
    with separate_unit() as session:
        row = session.get_one(Witness, errand.witness_id, with_for_update=True)
        row.tried_at = clock.now()
        return _take(session, row, errand, reply)


def _take(session: Session, row: Witness, errand: Errand, reply: Reply) -> int:
    if reply.status == 200:
        return _cosigned(session, row, errand, reply.body)
    if reply.status == 409 and reply.content_type.startswith(SIZE_TYPE):
        size = _size(reply.body)
        if size is None or size == errand.old_size:
            _note_failure(row, "见证方在同一大小见过另一个根，日志可能分叉，请立即核查。")
        else:
            row.old_size, row.failure, row.failed_since = size, "", None  # the next round starts from there
        return 0
    what = reply.body.strip().replace("\n", " ")[:200]
    _note_failure(row, f"见证方答复 {reply.status}：{what}" if reply.status else f"连不上见证方：{what}")
    return 0


def _cosigned(session: Session, row: Witness, errand: Errand, body: str) -> int:
    try:
        made = cosignatures(errand.note + body, [errand.key])
    except VerificationError as error:
        _note_failure(row, f"见证方的签名不对：{error.detail}")
        return 0
    if not made:
        _note_failure(row, "见证方的答复里没有它的签名。")
        return 0
    signed_at = datetime.fromtimestamp(min(made[0].time, 2**33), UTC)
    values = {"line": made[0].line, "signed_at": signed_at}
    put = insert(Cosignature).values(
        checkpoint_id=errand.checkpoint_id, witness_id=errand.witness_id, size=errand.size, **values
    )
    newer = put.on_conflict_do_update(
        index_elements=["checkpoint_id", "witness_id"], set_=values, where=Cosignature.signed_at <= signed_at
    )
    session.execute(newer)
    row.old_size, row.failure, row.failed_since = errand.size, "", None
    return 1


def silence(session: Session) -> str:
    """What to alarm about: witnesses are registered and none has cosigned for 24 hours; empty where all is well."""
    rows = active(session)
    if not rows:
        return ""
    newest = session.scalar(
        select(func.max(Cosignature.signed_at))
        .join(StoredCheckpoint, StoredCheckpoint.id == Cosignature.checkpoint_id)
        .join(LogKey, LogKey.id == StoredCheckpoint.key_id)
        .where(Cosignature.witness_id.in_([row.id for row in rows]), LogKey.closed_at.is_(None))
    )
    since = newest or min(row.added_at for row in rows)
    if service.latest_checkpoint(session) is None or clock.now() - since < SILENT:
        return ""
    failures = "；".join(f"{row.name} {row.failure}" for row in rows if row.failure)
    return f"存证日志已有 {(clock.now() - since).total_seconds() / 3600:.0f} 小时没有外部见证签名。{failures}"


def _note_failure(row: Witness, text: str) -> None:
    if row.failure != text:
        log.warning("witness %s: %s", row.name, text)
    row.failure, row.failed_since, row.tried_at = text, row.failed_since or clock.now(), clock.now()


def _size(body: str) -> int | None:
    text = body.removesuffix("\n")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def _reply(status: int, answer: object) -> Reply:
    data = answer.read(MAX_ANSWER)  # type: ignore[attr-defined]
    kind = answer.headers.get("Content-Type", "")  # type: ignore[attr-defined]
    return Reply(status, kind, data.decode("utf-8", "replace"))
