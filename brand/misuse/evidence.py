"""Evidence is frozen by its hash and the digest goes into the public log; looking at it later recomputes both.  Never commits."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from brand.misuse import rules
from brand.misuse.errors import CaseNotFound
from brand.misuse.models import MisuseCase, MisuseCustody, MisuseEvidence
from core import clock, notary
from core.account.actor import Actor
from core.db import db
from core.errors import BadInput, DomainError
from core.file.queries import files_by_id, read_bytes
from core.file.service import store
from core.identifiers import normalise_text
from core.organisation.queries import desk_id
from core.record.service import record

if TYPE_CHECKING:
    from core.file.models import StoredFile

LOG_KIND = "misuse-evidence"


def digest_of(case_no: str, kind: str, title: str, sha256: str, sealed_at: datetime) -> str:
    """SHA-256 (hex) of the plain statement that this content lay before us at this moment."""
    moment = sealed_at.astimezone(clock.SHANGHAI).isoformat(timespec="microseconds")
    statement = {"case": case_no, "kind": kind, "sealed": moment, "sha256": sha256, "title": title}
    return hashlib.sha256(
        json.dumps(statement, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def seal_file(case: MisuseCase, actor: Actor, *, kind: str, title: str, stream: Any, filename: str) -> MisuseEvidence:
    """The upload stands among the evidence under its hash; photos have lost place and camera data before."""
    if kind not in ("photo", "document"):
        raise BadInput("请选照片或文件。", code="misuse.evidence_kind", field="kind")
    try:
        file = store(
            stream, filename, kind="picture" if kind == "photo" else "document", owner_organisation_id=desk_id("brand_office"),
            actor=actor,
        )  # fmt: skip
    except DomainError as wrong:
        raise BadInput(wrong.message, code=wrong.code, field="file", help=wrong.help) from wrong
    return seal_stored(case, actor, kind=kind, title=title, file=file)


def seal_stored(case: MisuseCase, actor: Actor, *, kind: str, title: str, file: StoredFile) -> MisuseEvidence:
    """A stored file stands among the evidence."""
    return _seal(case, actor, kind, title, file.sha256, file_id=file.id)


def seal_text(case: MisuseCase, actor: Actor, *, kind: str, title: str, content: str) -> MisuseEvidence:
    """Words as they stood (a page, a statement) stand among the evidence."""
    text = normalise_text(content, multiline=True)[:20_000]
    if not text:
        raise BadInput(
            "没有可封存的文字，请把网页或陈述的文字贴进来，或上传文件。", code="misuse.evidence_text", field="content"
        )
    return _seal(case, actor, kind, title, hashlib.sha256(text.encode()).hexdigest(), content=text)


def _seal(
    case: MisuseCase, actor: Actor, kind: str, title: str, sha256: str, *, file_id: int | None = None, content: str = ""
) -> MisuseEvidence:
    now = clock.now()
    name = normalise_text(title)[:80] or rules.EVIDENCE[kind]
    row = MisuseEvidence(
        case_id=case.id, kind=kind, title=name, file_id=file_id, content=content, sha256=sha256,
        digest=digest_of(case.case_no, kind, name, sha256, now), sealed_at=now, user_id=actor.user_id,
        organisation_id=actor.organisation_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    db.session.refresh(case, ["evidence"])
    _custody(row, actor, "sealed", unchanged=True)
    notary.log(LOG_KIND, row.digest, subject=str(row.public_id))
    record("misuse.evidence_sealed", case, actor, kind=kind, sha256=sha256, digest=row.digest)
    return row


def _custody(row: MisuseEvidence, actor: Actor, act: str, *, unchanged: bool, receiver: str = "") -> None:
    db.session.add(
        MisuseCustody(
            evidence_id=row.id, act=act, receiver=receiver, unchanged=unchanged, at=clock.now(), user_id=actor.user_id,
            organisation_id=actor.organisation_id,
        )
    )  # fmt: skip


def take_out(case: MisuseCase, public_id: Any, actor: Actor) -> tuple[bytes, StoredFile]:
    """The original bytes, with the taking and whether they are unchanged on the chain of custody."""
    row = next((e for e in case.evidence if e.public_id == public_id and e.file_id is not None), None)
    if row is None or row.file_id is None or (not actor.can(rules.HANDLE) and not actor.can(rules.DECIDE)):
        raise CaseNotFound()
    file = files_by_id([row.file_id])[row.file_id]
    _custody(row, actor, "taken", unchanged=_standing(row, file, case.case_no)[1] != "bad")
    record("misuse.evidence_taken", case, actor, digest=row.digest)
    return read_bytes(file), file


def hand_over(case: MisuseCase, actor: Actor, receiver: str) -> None:
    """Every piece is noted as handed over to ``receiver`` (the list with digests goes with the case)."""
    now = standing(list(case.evidence), case.case_no)
    for row in case.evidence:
        _custody(row, actor, "handed_over", unchanged=now[row.id][1] != "bad", receiver=receiver)


def custody_of(rows: list[MisuseEvidence]) -> dict[int, list[MisuseCustody]]:
    """The chain of custody by piece, oldest first."""
    query = select(MisuseCustody).where(MisuseCustody.evidence_id.in_([r.id for r in rows])).order_by(MisuseCustody.id)
    found: dict[int, list[MisuseCustody]] = {row.id: [] for row in rows}
    for act in db.session.scalars(query):
        found[act.evidence_id].append(act)
    return found


def standing(rows: list[MisuseEvidence], case_no: str) -> dict[int, tuple[str, str]]:
    """By row: label and tone of what hash and digest say now, recomputed from the stored bytes."""
    files = files_by_id([r.file_id for r in rows if r.file_id is not None])
    return {row.id: _standing(row, files.get(row.file_id or 0), case_no) for row in rows}


def _standing(row: MisuseEvidence, file: StoredFile | None, case_no: str) -> tuple[str, str]:
    if row.file_id is not None:
        try:
            data = read_bytes(file) if file is not None else b""
        except DomainError:
            return "原件取不到", "bad"
    else:
        data = row.content.encode()
    same = hashlib.sha256(data).hexdigest() == row.sha256
    same = same and digest_of(case_no, row.kind, row.title, row.sha256, row.sealed_at) == row.digest
    if not same:
        return "和封存时不一致", "bad"
    request = notary.outcome_for(str(row.public_id), LOG_KIND)
    logged = request is not None and request.done_at is not None
    return ("未被改动，已存证", "ok") if logged else ("未被改动，存证中", "busy")
