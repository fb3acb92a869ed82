"""C2SP tiles, checkpoints, signed notes and proofs against other people's logs."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.conformance import vectors
from trace.log import tiles
from trace.log.checkpoint import body, sign
from trace.log.merkle import Tree
from trace.verify import merkle, note
from trace.verify.note import Checkpoint, VerifierKey
from trace.verify.reasons import VerificationError
from trace.verify.tlogproof import TlogProof

FOLDER = vectors.folder("tlog-tiles")
LOG = FOLDER / "log"
VKEY = json.loads((LOG / "vkey.json").read_text())
ENTRIES = [entry.encode() for entry in VKEY["entries"]]
GO = json.loads((FOLDER / "go-made-log.json").read_text())
PATHS = json.loads((FOLDER / "tile-paths.json").read_text())


def load(name: str) -> Any:
    return json.loads((FOLDER / name).read_text())


def tree_of(entries: list[bytes]) -> Tree:
    tree = Tree(lambda _level, _number: b"", 0)
    tree.append(merkle.leaf_hash(entry) for entry in entries)
    return tree


GO_TREE = tree_of([f"batch record {number}".encode() for number in range(max(c["size"] for c in GO["checkpoints"]))])


@pytest.mark.parametrize("path", vectors.files("tlog-tiles", "log/checkpoint*"), ids=lambda p: p.name)
def test_checkpoint_of_the_tessera_log_has_our_root(path: Any) -> None:
    checkpoint = Checkpoint.parse(path.read_text(), VerifierKey.parse(VKEY["vkey"]))

    assert checkpoint.origin == VKEY["origin"]
    assert tree_of(ENTRIES[: checkpoint.size]).root() == checkpoint.root


@pytest.mark.parametrize("path", vectors.files("tlog-tiles", "log/tile/0/**/*"), ids=lambda p: p.name)
def test_hash_tiles_of_the_tessera_log_are_ours(path: Any) -> None:
    _, width = tiles.parse_path(path.relative_to(LOG / "tile" / "0").as_posix())

    assert tree_of(ENTRIES).changed[0, 0][: width * 32] == path.read_bytes()


@pytest.mark.parametrize("path", vectors.files("tlog-tiles", "log/tile/entries/**/*"), ids=lambda p: p.name)
def test_entry_bundles_of_the_tessera_log_are_ours(path: Any) -> None:
    _, width = tiles.parse_path(path.relative_to(LOG / "tile" / "entries").as_posix())

    assert tiles.bundle(ENTRIES[:width]) == path.read_bytes()
    assert tiles.read_bundle(path.read_bytes()) == ENTRIES[:width]


@pytest.mark.parametrize("case", GO["checkpoints"], ids=lambda c: str(c["size"]))
def test_checkpoint_of_the_go_log_has_our_root(case: dict[str, Any]) -> None:
    checkpoint = Checkpoint.parse(case["checkpoint"], VerifierKey.parse(GO["vkey"]))

    assert checkpoint.root == base64.b64decode(case["root"]) == GO_TREE.root(case["size"])


@pytest.mark.parametrize("case", GO["inclusion"], ids=lambda c: f"{c['index']}-{c['size']}")
def test_inclusion_proof_of_the_go_log_is_ours(case: dict[str, Any]) -> None:
    proof = [base64.b64decode(value) for value in case["proof"] or []]

    assert GO_TREE.inclusion(case["index"], case["size"]) == proof


@pytest.mark.parametrize("case", GO["consistency"], ids=lambda c: f"{c['old']}-{c['new']}")
def test_consistency_proof_of_the_go_log_is_accepted(case: dict[str, Any]) -> None:
    proof = [base64.b64decode(value) for value in case["proof"] or []]

    merkle.check_consistency(
        case["old"], case["new"], base64.b64decode(case["root_old"]), base64.b64decode(case["root_new"]), proof
    )
    assert GO_TREE.consistency(case["old"], case["new"]) == proof


@pytest.mark.parametrize(("index", "text"), PATHS["index_encoding"])
def test_tile_index_is_written_as_in_the_text(index: int, text: str) -> None:
    assert (tiles.encode_index(index), tiles.decode_index(text)) == (text, index)


@pytest.mark.parametrize("case", [c for c in load("signed-note.json") if "vkeys" in c], ids=lambda c: c["name"])
def test_signed_note_is_read_as_in_go(case: dict[str, Any]) -> None:
    keys = [VerifierKey.parse(text) for text in case["vkeys"]]

    if case["result"] == "invalid":
        with pytest.raises(VerificationError):
            note.verify(case["note"], keys)
    else:
        assert [key.name for key in note.verify(case["note"], keys)[1]] == case["verified_by"]


@pytest.mark.parametrize("case", [c for c in load("signed-note.json") if "skey" in c], ids=lambda c: c["name"])
def test_signing_a_note_gives_the_same_bytes_as_go(case: dict[str, Any]) -> None:
    name, _, encoded = case["skey"].removeprefix("PRIVATE+KEY+").split("+", 2)

    assert sign(case["text"], name, base64.b64decode(encoded)[1:]) == case["note"]


@pytest.mark.parametrize("case", load("checkpoint-body.json")["cases"], ids=lambda c: c["desc"])
def test_checkpoint_body_is_read_by_shape(case: dict[str, Any]) -> None:
    if not case["valid"]:
        with pytest.raises(VerificationError):
            note.split_body(case["body"])
        return
    origin, size, root, rest = note.split_body(case["body"])

    assert (origin, size, root.decode(), rest) == (case["origin"], case["size"], case["hash_text"], case["rest"])


@pytest.mark.parametrize("case", load("tlog-proof-format.json")["cases"], ids=lambda c: c["name"])
def test_proof_file_format(case: dict[str, Any]) -> None:
    if case.get("parses"):
        assert str(TlogProof.parse(case["proof"])) == case["proof"]
    else:
        with pytest.raises(VerificationError):
            TlogProof.parse(case["proof"])


def test_our_checkpoint_reads_back() -> None:
    name, _, encoded = (
        next(c["skey"] for c in load("signed-note.json") if "skey" in c).removeprefix("PRIVATE+KEY+").split("+", 2)
    )
    seed = base64.b64decode(encoded)[1:]
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = note.vkey(name, Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())
    signed = sign(body(name, 15, tree_of(ENTRIES).root()), name, seed)

    assert Checkpoint.parse(signed, key).size == 15
    assert str(VerifierKey.parse(str(key))) == str(key)
