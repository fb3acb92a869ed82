"""The proof file handed out beside a record (C2SP tlog-proof@v1): index, siblings, checkpoint."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from .merkle import HASH_BYTES
from .reasons import Reason, VerificationError

HEADER = "c2sp.org/tlog-proof@v1"
MAX_HASHES = 63


@dataclass(frozen=True, slots=True)
class TlogProof:
    """Where an entry stands and which hashes lead to the checkpoint; ``extra`` is untrusted."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    @classmethod
    def parse(cls, data: bytes | str) -> TlogProof:
        """The proof in ``data``; ``inclusion_invalid`` for every malformed line (the checkpoint is read later)."""
        try:
            text = data if isinstance(data, str) else data.decode("utf-8")
        except UnicodeDecodeError:
            raise _invalid("not UTF-8") from None
        head, blank, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if not blank or lines.pop(0) != HEADER:
            raise _invalid(f"does not begin with {HEADER}")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = _base64(lines.pop(0).removeprefix("extra "))
        if not lines or not lines[0].startswith("index "):
            raise _invalid("no index")
        index = _number(lines.pop(0).removeprefix("index "))
        hashes = tuple(_base64(line) for line in lines)
        if len(hashes) > MAX_HASHES or any(len(value) != HASH_BYTES for value in hashes):
            raise _invalid("a line is not a hash of 32 bytes")
        return cls(index, hashes, checkpoint, extra)

    def __str__(self) -> str:
        lines = [HEADER]
        if self.extra is not None:
            lines.append("extra " + base64.b64encode(self.extra).decode("ascii"))
        lines.append(f"index {self.index}")
        lines += [base64.b64encode(value).decode("ascii") for value in self.hashes]
        return "\n".join(lines) + "\n\n" + self.checkpoint


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 19 or (text[0] == "0" and text != "0"):
        raise _invalid("the index is not a decimal number")
    return int(text)


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        raise _invalid("a line is not base64") from None


def _invalid(detail: str) -> VerificationError:
    return VerificationError(Reason.INCLUSION_INVALID, detail)
