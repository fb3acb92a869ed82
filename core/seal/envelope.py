"""AES-256-GCM of one column value; bound to table, row, purpose and key id, so that it opens in its own place only.

Layout: ``0x01 | len(key id) | key id | 12-byte nonce | ciphertext and tag``.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.seal.errors import SealBroken
from core.seal.keyring import Keyring

_VERSION = 1
_NONCE = 12


def seal(ring: Keyring, data: bytes, *, table: str, row: str, purpose: str) -> bytes:
    """``data`` sealed under the newest key for this table, row and purpose."""
    key = ring.newest
    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(key.secret).encrypt(nonce, data, _associated(key.id, table, row, purpose))
    return bytes([_VERSION, len(key.id)]) + key.id.encode("ascii") + nonce + sealed


def unseal(ring: Keyring, sealed: bytes, *, table: str, row: str, purpose: str) -> bytes:
    """The bytes sealed for exactly this table, row and purpose; ``SealBroken`` for anything else."""
    key_id = key_id_of(sealed)
    key = ring.find(key_id)
    if key is None:
        raise SealBroken(
            f"编号 {key_id} 的主密钥不在密钥文件里。", help="把对应的旧主密钥加回密钥文件，或用恢复文件恢复。"
        )
    at = 2 + len(key_id)
    nonce, body = sealed[at : at + _NONCE], sealed[at + _NONCE :]
    try:
        return AESGCM(key.secret).decrypt(nonce, body, _associated(key_id, table, row, purpose))
    except (InvalidTag, ValueError):
        raise SealBroken("加密保存的数据打不开，内容或位置被改动过。", help="请系统管理员从备份核对。") from None


def key_id_of(sealed: bytes) -> str:
    """Which master key sealed these bytes."""
    if len(sealed) < 2 or sealed[0] != _VERSION or len(sealed) < 2 + sealed[1] + _NONCE + 16:
        raise SealBroken("加密保存的数据格式不对。", help="请系统管理员从备份核对。")
    return sealed[2 : 2 + sealed[1]].decode("ascii", "replace")


def _associated(key_id: str, table: str, row: str, purpose: str) -> bytes:
    parts = [part.encode() for part in (key_id, table, row, purpose)]
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)
