"""The tree over a series is RFC 6962, blinded, and needs nothing stored but the levels from one on."""

from __future__ import annotations

import hashlib

import pytest

from trace.code.commitment import BlindKey, Range, leaf_hashes, prove, root, stored_tiles
from trace.code.serial import SerialKey
from trace.verify.merkle import check_inclusion, leaf_hash, node_hash

SERIALS, BLINDS = SerialKey(bytes(range(32)), 7, 1), BlindKey(bytes(range(1, 33)), 1)


def units(count: int, start: int = 1) -> Range:
    return Range(SERIALS, BLINDS, start, count)


def tiles_of(series: Range):
    tiles = {(level, number): hashes for level, number, hashes in stored_tiles(series)}
    return tiles, lambda level, number: tiles.get((level, number), b"")


def by_the_book(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 2.1, as it is written there."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(by_the_book(leaves[:split]), by_the_book(leaves[split:]))


@pytest.mark.parametrize("count", [1, 2, 3, 255, 256, 257, 511, 513, 1000])
def test_the_root_is_that_of_rfc_6962_and_every_checked_unit_leads_to_it(count):
    series = units(count, start=41)
    _, stored = tiles_of(series)

    made = root(series, stored)

    assert made == by_the_book(leaf_hashes(SERIALS, BLINDS, 41, count))
    for index in {0, count // 2, count - 1}:
        proof = prove(series, index, stored)
        check_inclusion(index, count, leaf_hash(proof.blind + proof.serial.encode()), proof.path, made)


def test_a_leaf_is_the_hash_of_zero_blind_and_serial():
    leaf = hashlib.sha256(b"\0" + BLINDS.blind(5) + SERIALS.serial(5).encode()).digest()

    assert leaf_hashes(SERIALS, BLINDS, 5, 1) == [leaf]


def test_only_levels_from_one_on_are_stored():
    tiles, stored = tiles_of(units(65_536 + 300))

    assert {level for level, _ in tiles} == {1, 2}
    assert [len(tiles[key]) // 32 for key in sorted(tiles)] == [256, 1, 1]
    proof = prove(units(65_536 + 300), 65_540, stored)
    check_inclusion(
        65_540, 65_836, leaf_hash(proof.blind + proof.serial.encode()), proof.path, root(units(65_836), stored)
    )


def test_blinds_are_sixteen_bytes_that_differ_by_unit_and_key():
    many = BLINDS.blinds(0, 1000)
    other = BlindKey(bytes(32), 1)

    assert len({many[at : at + 16] for at in range(0, len(many), 16)}) == 1000
    assert other.blind(1) != BLINDS.blind(1)
    with pytest.raises(ValueError, match="32 bytes"):
        BlindKey(b"short", 1)
