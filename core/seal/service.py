"""Seal and unseal column values, keyed hashes, rewrapping; the keys are read once per process."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date
from functools import cache

from sqlalchemy import text

from core import config
from core.db import db
from core.seal import envelope, keyring
from core.seal.errors import KeysUnusable
from core.seal.registry import SealedColumn, sealed_columns


@cache
def keys() -> keyring.Keyring:
    """The master keys of this deployment; in development a marked key is made where none is."""
    settings = config.settings()
    path = settings.master_key_file
    if not path.exists() and not settings.production:
        keyring.create(path, keyring.Keyring((keyring.generate(development=True),)))
    return keyring.read(path, production=settings.production)


def forget_keys() -> None:
    """Afterwards the next use reads the key file anew (after restore and rotation)."""
    keys.cache_clear()


def seal(data: bytes, *, table: str, row: object, purpose: str) -> bytes:
    """``data`` encrypted for this table, row (its public id) and purpose, under the newest master key."""
    return envelope.seal(keys(), data, table=table, row=str(row), purpose=purpose)


def unseal(sealed: bytes, *, table: str, row: object, purpose: str) -> bytes:
    """What was sealed for exactly this table, row and purpose; ``SealBroken`` otherwise."""
    return envelope.unseal(keys(), sealed, table=table, row=str(row), purpose=purpose)


def derived_key(purpose: str, *, length: int = 32) -> bytes:
    """A secret for one purpose that outlives rotation: derived from the oldest master key."""
    return prf(keys().oldest.secret, purpose.encode(), length=length)


def keyed_hash(purpose: str, data: bytes) -> bytes:
    """HMAC-SHA-256 of ``data`` under the secret of ``purpose`` (32 bytes)."""
    return hmac.digest(derived_key(purpose), data, "sha256")


def prf(key: bytes, data: bytes, *, length: int = 32) -> bytes:
    """``length`` pseudo-random bytes of ``data`` under ``key``: HMAC-SHA-256 in counter mode (SP 800-108)."""
    blocks = -(-length // 32)
    made = b"".join(hmac.digest(key, n.to_bytes(4, "big") + data, "sha256") for n in range(1, blocks + 1))
    return made[:length]


def device_hash(address: str, agent: str, day: date) -> bytes:
    """Which device asked, for one day only: HMAC under that day's salt (32 bytes); not linkable across days."""
    salt = keyed_hash("device-salt", day.isoformat().encode())
    return hmac.digest(salt, hashlib.sha256(address.encode()).digest() + agent.encode("utf-8", "replace"), "sha256")


def rotate() -> str:
    """Add a new master key that writes from now on; returns its id.  Run ``rewrap`` afterwards."""
    settings = config.settings()
    ring = keys()
    new = keyring.generate(development=not settings.production)
    keyring.write(settings.master_key_file, keyring.Keyring((*ring.keys, new)))
    forget_keys()
    return new.id


def rewrap() -> int:
    """Seal again, under the newest key, every value an older key sealed; returns how many (caller commits)."""
    newest, done = keys().newest.id, 0
    for column in sealed_columns():
        for row_id, row, sealed in _rows(column):
            if envelope.key_id_of(sealed) == newest:
                continue
            clear = unseal(sealed, table=column.table, row=row, purpose=column.purpose)
            again = seal(clear, table=column.table, row=row, purpose=column.purpose)
            statement = text(f"update {column.table} set {column.column} = :v where id = :i")  # noqa: S608 -- checked names
            db.session.execute(statement, {"v": again, "i": row_id})
            done += 1
    return done


def prove(ring: keyring.Keyring) -> int:
    """How many sealed values ``ring`` opens; raises at the first that it does not."""
    count = 0
    for column in sealed_columns():
        for _, row, sealed in _rows(column):
            envelope.unseal(ring, sealed, table=column.table, row=row, purpose=column.purpose)
            count += 1
    return count


def install(ring: keyring.Keyring) -> None:
    """Put restored keys in place; refuses to drop a key that the present file alone holds."""
    settings = config.settings()
    path = settings.master_key_file
    if settings.production and any(key.development for key in ring.keys):
        raise KeysUnusable("正式环境不能用开发密钥。", help="选正式环境的恢复文件。")
    if path.exists():
        lost = [key.id for key in keyring.parse(path.read_text("ascii")).keys if ring.find(key.id) is None]
        if lost:
            raise KeysUnusable(
                f"恢复文件里没有现用的主密钥 {'、'.join(lost)}。", help="先把现在的密钥文件移到别处，再恢复。"
            )
    keyring.write(path, ring)
    forget_keys()


def _rows(column: SealedColumn) -> list[tuple[int, str, bytes]]:
    statement = f"select id, {column.row}::text, {column.column} from {column.table} where {column.column} is not null order by id"  # noqa: S608
    return [(row[0], row[1], bytes(row[2])) for row in db.session.execute(text(statement))]
