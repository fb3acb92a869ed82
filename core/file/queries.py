"""Find files and their bytes."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from core.account.actor import Actor
from core.db import db
from core.errors import NotFound
from core.file.models import Rendition, StoredFile
from core.file.service import storage


def _missing() -> NotFound:
    return NotFound("没有找到这个文件。", code="file.not_found", help="可能已经更换，请从原来的页面重新打开。")


def get_file(public_id: UUID | str) -> StoredFile:
    """The file of this public id; raises ``NotFound``."""
    try:
        key = public_id if isinstance(public_id, UUID) else UUID(str(public_id))
    except ValueError as error:
        raise _missing() from error
    row = db.session.scalar(select(StoredFile).where(StoredFile.public_id == key))
    if row is None:
        raise _missing()
    return row


def files_by_id(ids: Sequence[int]) -> dict[int, StoredFile]:
    """Files by row id, once for a whole screen."""
    return {f.id: f for f in db.session.scalars(select(StoredFile).where(StoredFile.id.in_(ids)))}


def visible_file(public_id: UUID | str, actor: Actor) -> StoredFile:
    """The file, if public, or owned by the actor's organisation, or the actor's own upload, or the actor reads all.

    Anybody else is told it does not exist.
    """
    row = get_file(public_id)
    own = actor.user_id is not None and (
        row.uploaded_by == actor.user_id
        or (row.owner_organisation_id is not None and row.owner_organisation_id == actor.organisation_id)
    )
    if row.visibility == "public" or own or actor.can("core.file.read_all"):
        return row
    raise _missing()


def read_bytes(file: StoredFile) -> bytes:
    """The bytes of the file."""
    return storage().get(file.sha256)


def rendition(file: StoredFile, size: int) -> bytes:
    """The smaller JPEG of a picture; raises ``NotFound`` where the file has none."""
    row = db.session.scalar(select(Rendition).where(Rendition.file_id == file.id, Rendition.size == size))
    if row is None:
        raise _missing()
    return storage().get(row.sha256)
