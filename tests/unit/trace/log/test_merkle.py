"""The tree as it is stored builds what the verifier checks, for every size and index."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trace.log import merkle as stored_merkle
from trace.log import tiles
from trace.log.merkle import Tree
from trace.verify import merkle
from trace.verify.reasons import VerificationError


def leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(b"%d" % number) for number in range(count)]


def grown(count: int) -> Tree:
    tree = Tree(lambda _level, _number: b"", 0)
    tree.append(leaves(count))
    return tree


def plain_root(hashes: list[bytes]) -> bytes:
    """RFC 6962 2.1, written down as it stands there."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return merkle.node_hash(plain_root(hashes[:k]), plain_root(hashes[k:]))


TREE = grown(700)
LEAVES = leaves(700)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 255, 256, 257, 511, 512, 513, 700])
def test_root_is_that_of_the_rfc(size: int) -> None:
    assert TREE.root(size) == plain_root(LEAVES[:size])


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 700).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1))))
def test_every_inclusion_proof_verifies_and_no_other_leaf_does(case: tuple[int, int]) -> None:
    size, index = case
    proof = TREE.inclusion(index, size)

    merkle.check_inclusion(index, size, LEAVES[index], proof, TREE.root(size))
    if size > 1:
        with pytest.raises(VerificationError):
            merkle.check_inclusion(index, size, LEAVES[(index + 1) % size], proof, TREE.root(size))


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 700).flatmap(lambda new: st.tuples(st.integers(1, new), st.just(new))))
def test_every_consistency_proof_verifies(case: tuple[int, int]) -> None:
    old, new = case

    merkle.check_consistency(old, new, TREE.root(old), TREE.root(new), TREE.consistency(old, new))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=4))
def test_growing_in_steps_over_stored_tiles_gives_the_same_tree(steps: list[int]) -> None:
    stored: dict[tuple[int, int], bytes] = {}
    size = 0
    for step in steps:
        tree = Tree(lambda level, number: stored[level, number], size)
        tree.append(leaves(size + step)[size:])
        stored.update(tree.changed)
        size = tree.size

    again = grown(size)
    assert stored == again.changed
    assert Tree(lambda level, number: stored[level, number], size).root() == again.root()


def test_proofs_that_share_their_large_subtrees_are_those_of_a_tree_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stored_merkle, "KEPT_FROM", 64)
    read = TREE.changed.__getitem__
    kept: stored_merkle.Kept = {}
    for size in (700, 512, 699, 65):
        for index in range(0, size, 7):
            shared = Tree(lambda level, number: read((level, number)), 700, kept=kept)
            assert shared.inclusion(index, size) == TREE.inclusion(index, size)
    assert kept
    assert all(high - low >= 64 or high == 700 for low, high in kept)
    assert all(hashed == plain_root(LEAVES[low:high]) for (low, high), hashed in kept.items())


def test_tiles_have_the_widths_the_text_works_out_for_70000_entries() -> None:
    assert (tiles.count_at(0, 70_000) // 256, tiles.width_at(0, 273, 70_000)) == (273, 112)
    assert (tiles.count_at(1, 70_000) // 256, tiles.width_at(1, 1, 70_000)) == (1, 17)
    assert tiles.width_at(2, 0, 70_000) == 1
    assert tiles.width_at(3, 0, 70_000) == 0


@given(st.integers(0, 10**12))
def test_tile_names_read_back(index: int) -> None:
    assert tiles.decode_index(tiles.encode_index(index)) == index


@pytest.mark.parametrize(
    "text", ["", "0", "00", "x000/001", "1000", "x001", "x001/x002", "-01", "001/", "00a", "x01/000", "٠٠١"]
)
def test_other_spellings_of_tile_names_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="tile index"):
        tiles.decode_index(text)


@pytest.mark.parametrize("text", ["000.p/0", "000.p/256", "000.p/01", "000.p/", "000.p/x", "000.p/-1"])
def test_other_partial_widths_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="partial width"):
        tiles.parse_path(text)


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_entry_bundles_read_back(entries: list[bytes]) -> None:
    assert tiles.read_bundle(tiles.bundle(entries)) == entries


def test_a_bundle_that_ends_inside_an_entry_is_refused() -> None:
    with pytest.raises(ValueError, match="ends inside"):
        tiles.read_bundle(tiles.bundle([b"whole"])[:-1])
