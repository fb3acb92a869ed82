"""C2SP tiles, checkpoints, signed notes and proofs against other people's logs."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.conformance import vectors
from trace.log import tiles
from trace.log.checkpoint import body, sign
from trace.log.merkle import Tree
from trace.verify import merkle, note
from trace.verify.note import Checkpoint, VerifierKey
from trace.verify.reasons import VerificationError
from trace.verify.tlogproof import TlogProof

HERE = "tlog-tiles"
GO_LOGS = vectors.cases(HERE, vectors.has("vkey", "checkpoints", "inclusion", "consistency"))
GO_CHECKPOINTS = [(case, log["vkey"]) for log in GO_LOGS for case in log["checkpoints"]]
INDEXES = [
    tuple(pair) for case in vectors.cases(HERE, vectors.has("index_encoding")) for pair in case["index_encoding"]
]
NOTES = vectors.cases(HERE, vectors.has("note", "vkeys", "result"))
SIGNED = vectors.cases(HERE, vectors.has("note", "skey", "text"))
BODIES = vectors.cases(HERE, vectors.has("body", "valid"))
PROOFS = vectors.cases(HERE, vectors.has("proof", "name"))
vectors.cases(HERE, vectors.has("vkey", "entries"))


def log_of(path: Path) -> tuple[Path, dict[str, Any], list[bytes]]:
    """The folder of the small log that ``path`` is a file of, its key file, its entries."""
    log = next(parent for parent in path.parents if (parent / "vkey.json").exists())
    known = json.loads((log / "vkey.json").read_text())
    return log, known, [entry.encode() for entry in known["entries"]]


def tree_of(entries: list[bytes]) -> Tree:
    tree = Tree(lambda _level, _number: b"", 0)
    tree.append(merkle.leaf_hash(entry) for entry in entries)
    return tree


GO_TREE = tree_of(
    [f"batch record {number}".encode() for number in range(max((c["size"] for c, _ in GO_CHECKPOINTS), default=0))]
)


@pytest.mark.parametrize("path", vectors.files(HERE, "**/checkpoint", "**/checkpoint.*[0-9]"), ids=lambda p: p.name)
def test_checkpoint_of_the_tessera_log_has_our_root(path: Path) -> None:
    _, known, entries = log_of(path)

    checkpoint = Checkpoint.parse(path.read_text(), VerifierKey.parse(known["vkey"]))

    assert checkpoint.origin == known["origin"]
    assert tree_of(entries[: checkpoint.size]).root() == checkpoint.root


@pytest.mark.parametrize("path", vectors.files(HERE, "**/tile/0/**/*"), ids=lambda p: p.name)
def test_hash_tiles_of_the_tessera_log_are_ours(path: Path) -> None:
    log, _, entries = log_of(path)

    number, width = tiles.parse_path(path.relative_to(log / "tile" / "0").as_posix())

    assert tree_of(entries).changed[0, number][: width * 32] == path.read_bytes()


@pytest.mark.parametrize("path", vectors.files(HERE, "**/tile/entries/**/*"), ids=lambda p: p.name)
def test_entry_bundles_of_the_tessera_log_are_ours(path: Path) -> None:
    log, _, entries = log_of(path)

    number, width = tiles.parse_path(path.relative_to(log / "tile" / "entries").as_posix())

    expected = entries[number * 256 : number * 256 + width]
    assert tiles.bundle(expected) == path.read_bytes()
    assert tiles.read_bundle(path.read_bytes()) == expected


@pytest.mark.parametrize(("case", "vkey"), GO_CHECKPOINTS, ids=[str(c["size"]) for c, _ in GO_CHECKPOINTS])
def test_checkpoint_of_the_go_log_has_our_root(case: dict[str, Any], vkey: str) -> None:
    checkpoint = Checkpoint.parse(case["checkpoint"], VerifierKey.parse(vkey))

    assert checkpoint.root == base64.b64decode(case["root"]) == GO_TREE.root(case["size"])


@pytest.mark.parametrize(
    "case", [c for log in GO_LOGS for c in log["inclusion"]], ids=lambda c: f"{c['index']}-{c['size']}"
)
def test_inclusion_proof_of_the_go_log_is_ours(case: dict[str, Any]) -> None:
    proof = [base64.b64decode(value) for value in case["proof"] or []]

    assert GO_TREE.inclusion(case["index"], case["size"]) == proof


@pytest.mark.parametrize(
    "case", [c for log in GO_LOGS for c in log["consistency"]], ids=lambda c: f"{c['old']}-{c['new']}"
)
def test_consistency_proof_of_the_go_log_is_accepted(case: dict[str, Any]) -> None:
    proof = [base64.b64decode(value) for value in case["proof"] or []]

    merkle.check_consistency(
        case["old"], case["new"], base64.b64decode(case["root_old"]), base64.b64decode(case["root_new"]), proof
    )
    assert GO_TREE.consistency(case["old"], case["new"]) == proof


@pytest.mark.parametrize(("index", "text"), INDEXES)
def test_tile_index_is_written_as_in_the_text(index: int, text: str) -> None:
    assert (tiles.encode_index(index), tiles.decode_index(text)) == (text, index)


@pytest.mark.parametrize("case", NOTES, ids=lambda c: c["name"])
def test_signed_note_is_read_as_in_go(case: dict[str, Any]) -> None:
    keys = [VerifierKey.parse(text) for text in case["vkeys"]]

    if case["result"] == "invalid":
        with pytest.raises(VerificationError):
            note.verify(case["note"], keys)
    else:
        assert [key.name for key in note.verify(case["note"], keys)[1]] == case["verified_by"]


@pytest.mark.parametrize("case", SIGNED, ids=lambda c: c["name"])
def test_signing_a_note_gives_the_same_bytes_as_go(case: dict[str, Any]) -> None:
    name, _, encoded = case["skey"].removeprefix("PRIVATE+KEY+").split("+", 2)

    assert sign(case["text"], name, base64.b64decode(encoded)[1:]) == case["note"]


@pytest.mark.parametrize("case", BODIES, ids=lambda c: c["desc"])
def test_checkpoint_body_is_read_by_shape(case: dict[str, Any]) -> None:
    if not case["valid"]:
        with pytest.raises(VerificationError):
            note.split_body(case["body"])
        return
    origin, size, root, rest = note.split_body(case["body"])

    assert (origin, size, root.decode(), rest) == (case["origin"], case["size"], case["hash_text"], case["rest"])


@pytest.mark.parametrize("case", PROOFS, ids=lambda c: c["name"])
def test_proof_file_format(case: dict[str, Any]) -> None:
    if case.get("parses", case.get("valid")):
        assert str(TlogProof.parse(case["proof"])) == case["proof"]
    else:
        with pytest.raises(VerificationError):
            TlogProof.parse(case["proof"])


def test_our_checkpoint_reads_back() -> None:
    seed, entries = bytes(range(32)), [b"one", b"two", b"three"]
    key = note.vkey(
        "demo.yidun.example/log", Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    )

    signed = sign(body(key.name, 3, tree_of(entries).root()), key.name, seed)

    assert Checkpoint.parse(signed, key).size == 3
    assert str(VerifierKey.parse(str(key))) == str(key)


def test_no_file_is_left_unread() -> None:
    vectors.nothing_left_unread(HERE)
