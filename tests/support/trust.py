"""A whole small world of keys, records and a log, in memory, for tests of the verifier."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from trace.log.checkpoint import body, sign
from trace.log.merkle import Tree
from trace.signing.proof import LocalSigner, complete, prepare
from trace.verify.entry import credential_entry, did_document_entry
from trace.verify.merkle import leaf_hash
from trace.verify.multikey import encode_public_key
from trace.verify.note import Checkpoint, VerifierKey, vkey
from trace.verify.tlogproof import TlogProof

DID = "did:web:demo.yidun.example:org:93140821MA0EXAMPL1"
ORIGIN = "demo.yidun.example/log"
SEED, OTHER_SEED, LOG_SEED = b"\x01" * 32, b"\x02" * 32, b"\x03" * 32


def public(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def did_document(
    version: int = 1, ended: dict[int, dict[str, str]] | None = None, seeds: tuple[bytes, ...] = (SEED,)
) -> dict[str, Any]:
    """A did.json with one key per seed; ``ended`` maps a key number to what ended it."""
    methods = [
        {
            "id": f"{DID}#key-{number}",
            "type": "Multikey",
            "controller": DID,
            "publicKeyMultibase": encode_public_key(public(seed)),
            **(ended or {}).get(number, {}),
        }
        for number, seed in enumerate(seeds, 1)
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": DID,
        "documentVersion": str(version),
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def unsigned(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://demo.yidun.example/ns/record/v1"],
        "id": f"https://demo.yidun.example/trace/records/00000000-0000-4000-8000-{number:012}",
        "type": ["VerifiableCredential", "LotRecord"],
        "issuer": DID,
        "validFrom": "2026-10-18T02:00:00Z",
        "credentialSubject": {
            "id": "https://id.gs1.org/01/09521234000010/10/26101701",
            "type": "Lot",
            "品名": "富士苹果",
        },
        **changes,
    }


def signed(document: dict[str, Any] | None = None, seed: bytes = SEED, method: str = f"{DID}#key-1") -> dict[str, Any]:
    draft = prepare(document or unsigned(), method=method, created="2026-10-18T02:00:00Z")
    return complete(draft, LocalSigner(seed))


def dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


@dataclass
class World:
    """A log in memory; ``add`` returns the index."""

    entries: list[bytes] = field(default_factory=list)
    origin: str = ORIGIN
    seed: bytes = LOG_SEED

    def add(self, entry: bytes) -> int:
        self.entries.append(entry)
        return len(self.entries) - 1

    def add_record(self, record: dict[str, Any]) -> int:
        return self.add(credential_entry(record))

    def add_document(self, document: dict[str, Any]) -> int:
        return self.add(did_document_entry(document))

    @property
    def tree(self) -> Tree:
        tree = Tree(lambda _level, _number: b"", 0)
        tree.append(leaf_hash(entry) for entry in self.entries)
        return tree

    @property
    def log_key(self) -> str:
        return str(vkey(self.origin, public(self.seed)))

    def checkpoint(self, size: int | None = None) -> str:
        tree = self.tree
        size = tree.size if size is None else size
        return sign(body(self.origin, size, tree.root(size)), self.origin, self.seed)

    def proof(self, index: int, size: int | None = None, extra: bytes | None = None) -> TlogProof:
        tree = self.tree
        size = tree.size if size is None else size
        return TlogProof(index, tuple(tree.inclusion(index, size)), self.checkpoint(size), extra)


def checkpoint_of(note: str) -> Checkpoint:
    """The checkpoint in a note of the test log."""
    return Checkpoint.parse(note, VerifierKey.parse(World().log_key))
