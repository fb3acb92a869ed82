"""Store an upload."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath
from typing import BinaryIO

from flask import current_app

from core import clock
from core.account.actor import Actor
from core.db import db
from core.errors import TooLarge
from core.file import reading
from core.file.models import Rendition, StoredFile
from core.file.storage import Storage, storage_at
from core.record.service import record

MAX_BYTES = 20 * 1024 * 1024


def storage() -> Storage:
    """The storage of this deployment."""
    return storage_at(current_app.config["SETTINGS"].files_url)


def store(
    stream: BinaryIO | bytes,
    filename: str,
    *,
    kind: str,
    owner_organisation_id: int | None,
    actor: Actor,
    public: bool = False,
    keep_gps: bool = False,
) -> StoredFile:
    """Afterwards the bytes are durably stored and a row names them; the type is what the content says.

    ``kind`` is picture, document or table.  Raises the errors of ``core.file.errors``; nothing is kept then.
    """
    data = stream if isinstance(stream, bytes) else stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLarge("文件超过 20 MB。", code="file.too_large", help="照片可先压缩；PDF 可分成几份。")
    found = reading.read(data, kind, keep_gps=keep_gps)
    place = storage()
    row = StoredFile(
        sha256=place.put(found.data),
        size=len(found.data),
        media_type=found.media_type,
        filename=clean_filename(filename, found.extension),
        kind=kind,
        visibility="public" if public else "private",
        owner_organisation_id=owner_organisation_id,
        uploaded_by=actor.user_id,
        uploaded_at=clock.now(),
        width=found.width,
        height=found.height,
        gps_removed=found.gps_removed,
    )
    db.session.add(row)
    db.session.flush()  # renditions need the id
    for size, small, width, height in found.renditions:
        db.session.add(Rendition(file_id=row.id, size=size, sha256=place.put(small), width=width, height=height))
    record("file.stored", row, actor, filename=row.filename, sha256=row.sha256)
    return row


def publish(file: StoredFile, actor: Actor) -> None:
    """Afterwards anybody may fetch the file under ``/media``."""
    if file.visibility != "public":
        file.visibility = "public"
        record("file.published", file, actor)


def clean_filename(name: str, extension: str) -> str:
    """A harmless display name with the extension the content has."""
    text = unicodedata.normalize("NFC", name.replace("\\", "/"))
    stem = PurePosixPath(text).stem
    kept = "".join(c for c in stem if not unicodedata.category(c).startswith("C") and c not in '<>:"|?*')[:80].strip(
        " ."
    )
    return f"{kept or '文件'}.{extension}"
