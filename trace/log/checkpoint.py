"""Write and sign checkpoints (C2SP tlog-checkpoint, signed-note); reading them stands in ``trace.verify.note``."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from trace.verify.note import key_id


def body(origin: str, size: int, root: bytes) -> str:
    """The three lines that are signed."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode('ascii')}\n"


def sign(text: str, name: str, secret: bytes) -> str:
    """A signed note of ``text`` by the key called ``name`` (Ed25519 seed ``secret``); the same input, the same note."""
    private = Ed25519PrivateKey.from_private_bytes(secret)
    public = private.public_key().public_bytes_raw()
    signature = key_id(name, public) + private.sign(text.encode())
    return f"{text}\n\u2014 {name} {base64.b64encode(signature).decode('ascii')}\n"
