"""RFC 6962 hashing and the proofs of RFC 9162 2.1.3 and 2.1.4, checked without any stored tree."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from .reasons import Reason, VerificationError

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 || entry)."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_from_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root that ``proof`` leads to from ``leaf`` at ``index`` in a tree of ``size``; ``inclusion_invalid`` if it cannot."""
    if not 0 <= index < size:
        raise _invalid(f"index {index} lies outside a tree of {size}")
    _need_hashes([leaf, *proof])
    node, last, running = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise _invalid("the proof is too long")
        if node & 1 or node == last:
            running = node_hash(sibling, running)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            running = node_hash(running, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise _invalid("the proof is too short")
    return running


def check_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Return if ``leaf`` stands at ``index`` under ``root``; otherwise ``inclusion_invalid``."""
    _need_hashes([root])
    if root_from_inclusion(index, size, leaf, proof) != root:
        raise _invalid("the proof leads to another root")


def check_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Return if the tree of ``new_size`` begins with the tree of ``old_size``; otherwise ``inclusion_invalid``.

    A proof from the empty tree would prove nothing and is refused, as in transparency-dev/merkle.
    """
    if not 0 < old_size <= new_size:
        raise _invalid("there is no such pair of trees")
    if old_size == new_size:
        if proof or old_root != new_root:
            raise _invalid("two roots for one size, or a proof where none is needed")
        return
    _need_hashes([old_root, new_root, *proof])
    if not proof:
        raise _invalid("the proof is empty")
    _walk_consistency(old_size, new_size, old_root, new_root, list(proof))


def _walk_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: list[bytes]) -> None:
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise _invalid("the proof is too long")
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise _invalid("the proof is too short")
    if old != old_root or new != new_root:
        raise _invalid("the proof leads to other roots")


def _need_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(value) != HASH_BYTES for value in hashes):
        raise _invalid("a hash has 32 bytes")


def _invalid(detail: str) -> VerificationError:
    return VerificationError(Reason.INCLUSION_INVALID, detail)
