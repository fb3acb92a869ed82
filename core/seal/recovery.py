"""The recovery file: the key file encrypted under a passphrase (scrypt, AES-256-GCM).

Without it every printed code and every signature dies with the disk (TRUST 2).
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import BadInput
from core.seal import keyring

FORMAT = "yidun-keys-recovery-1"
MIN_PASSPHRASE = 12
_COST = {"n": 2**15, "r": 8, "p": 1}
_AD = FORMAT.encode()


def lock(ring: keyring.Keyring, passphrase: str) -> bytes:
    """The recovery file of ``ring``; the passphrase has at least 12 characters."""
    if len(passphrase) < MIN_PASSPHRASE:
        raise BadInput(f"恢复口令至少 {MIN_PASSPHRASE} 个字符。", code="seal.weak_passphrase", field="passphrase")
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    body = AESGCM(_derive(passphrase, salt)).encrypt(nonce, ring.text().encode("ascii"), _AD)
    document = {
        "format": FORMAT,
        "kdf": {"name": "scrypt", **_COST, "salt": _text(salt)},
        "nonce": _text(nonce),
        "body": _text(body),
        "key_ids": [key.id for key in ring.keys],
    }
    return json.dumps(document, indent=1).encode() + b"\n"


def unlock(data: bytes, passphrase: str) -> keyring.Keyring:
    """The keys in a recovery file; BadInput for a wrong passphrase or an altered file."""
    try:
        document: dict[str, Any] = json.loads(data)
        kdf = document["kdf"]
        if document["format"] != FORMAT or {name: kdf[name] for name in _COST} != _COST:
            raise ValueError("another format")
        secret = _derive(passphrase, base64.b64decode(kdf["salt"], validate=True))
        nonce, body = (base64.b64decode(document[name], validate=True) for name in ("nonce", "body"))
        text = AESGCM(secret).decrypt(nonce, body, _AD).decode("ascii")
    except InvalidTag:
        raise BadInput(
            "口令不对，或恢复文件被改动过。", code="seal.recovery_refused", help="换一份备份，或核对口令。"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise BadInput(
            "这不是密钥恢复文件。", code="seal.recovery_malformed", help="选 flask keys backup 生成的文件。"
        ) from None
    return keyring.parse(text)


def _derive(passphrase: str, salt: bytes) -> bytes:
    return hashlib.scrypt(passphrase.encode(), salt=salt, maxmem=64 * 2**20, dklen=32, **_COST)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
