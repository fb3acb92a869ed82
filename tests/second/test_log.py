"""golang.org/x/mod (sumdb/note, sumdb/tlog) verifies our log, and we verify a log made by it."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from core.db import db
from tests.integration.trace.log.test_writer import add
from trace.log import mirror, service, tiles, writer
from trace.verify import merkle
from trace.verify.note import Checkpoint, VerifierKey
from trace.verify.reasons import VerificationError
from trace.verify.tree import Growing

SOURCE = Path(__file__).resolve().parent / "log" / "main.go"
GOPATH = Path(os.environ.get("YIDUN_GOPATH", "/usr/share/gocode"))
SIZE = 700

pytestmark = pytest.mark.skipif(
    shutil.which("go") is None or not (GOPATH / "src/golang.org/x/mod/sumdb/tlog").exists(),
    reason="the second implementation is not here: apt-get install golang-go golang-golang-x-mod-dev",
)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("go")
    env = {
        "PATH": os.environ["PATH"], "HOME": str(folder), "GO111MODULE": "off", "GOPATH": str(GOPATH), "GOFLAGS": "",
        "GOCACHE": str(folder / "cache"), "CGO_ENABLED": "0", "GOTOOLCHAIN": "local",
    }  # fmt: skip
    subprocess.run(
        ["go", "build", "-o", str(folder / "main"), str(SOURCE)], env=env, check=True, capture_output=True, timeout=300
    )
    return folder / "main"


def run(program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(program), *arguments], capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def ours(session, clock, tmp_path: Path) -> Path:
    """A copy of our log as files, with proofs as we make them."""
    add(SIZE)
    while writer.integrate():
        pass
    mirror.export(db.session, tmp_path)
    tree = service.tree(db.session, SIZE)
    entries = tiles.read_bundle(b"".join(
        (tmp_path / tiles.tile_path("entries", n, tiles.width_at(0, n, SIZE))).read_bytes() for n in range(-(-SIZE // 256))
    ))  # fmt: skip
    inclusion = [
        {"index": index, "entry": _text(entries[index]), "path": [_text(step) for step in tree.inclusion(index, SIZE)]}
        for index in range(0, SIZE, 7)
    ]
    consistency = [
        {"old": old, "root": _text(tree.root(old)), "path": [_text(step) for step in tree.consistency(old, SIZE)]}
        for old in range(1, SIZE + 1, 13)
    ]
    (tmp_path / "proofs.json").write_text(
        json.dumps({"size": SIZE, "inclusion": inclusion, "consistency": consistency})
    )
    return tmp_path


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_go_verifies_our_checkpoint_tiles_bundles_and_proofs(program: Path, ours: Path) -> None:
    done = run(program, "check", str(ours))

    assert (done.returncode, done.stdout, done.stderr) == (0, "ok\n", "")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("tile/0/001", b"", b""), ("tile/entries/000", b"did:web:x", b"did:web:y"), ("checkpoint", b"700", b"701"),
        ("proofs.json", b'"index": 7,', b'"index": 8,'), ("proofs.json", b'"old": 14,', b'"old": 15,'),
    ],
)  # fmt: skip
def test_go_refuses_what_was_altered(program: Path, ours: Path, name: str, old: bytes, new: bytes) -> None:
    data = (ours / name).read_bytes()
    changed = data.replace(old, new, 1) if old else bytes([data[0] ^ 1]) + data[1:]
    assert changed != data
    (ours / name).write_bytes(changed)

    assert run(program, "check", str(ours)).returncode == 1


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 600])
def test_we_verify_a_log_made_by_go(program: Path, tmp_path: Path, size: int) -> None:
    assert run(program, "make", str(tmp_path), str(size)).returncode == 0

    checkpoint = Checkpoint.parse(
        (tmp_path / "checkpoint").read_text(), VerifierKey.parse((tmp_path / "key").read_text())
    )
    proofs = json.loads((tmp_path / "proofs.json").read_text())
    tree = Growing()
    for number in range(-(-size // 256)):
        width = tiles.width_at(0, number, size)
        for entry in tiles.read_bundle((tmp_path / tiles.tile_path("entries", number, width)).read_bytes()):
            tree.append(merkle.leaf_hash(entry))
    assert (checkpoint.size, checkpoint.root) == (tree.size, tree.root())
    for level, hashes in enumerate(tree.levels):
        for number in range(-(-len(hashes) // 256)):
            tile = tree.tile(level, number)
            assert (tmp_path / tiles.tile_path(level, number, len(tile) // 32)).read_bytes() == tile
    for one in proofs["inclusion"]:
        path = [base64.b64decode(step) for step in one["path"]]
        leaf = merkle.leaf_hash(base64.b64decode(one["entry"]))
        merkle.check_inclusion(one["index"], size, leaf, path, checkpoint.root)
    for one in proofs["consistency"]:
        path = [base64.b64decode(step) for step in one["path"]]
        merkle.check_consistency(one["old"], size, base64.b64decode(one["root"]), checkpoint.root, path)


def test_we_refuse_gos_proof_of_another_leaf(program: Path, tmp_path: Path) -> None:
    run(program, "make", str(tmp_path), "300")
    proofs = json.loads((tmp_path / "proofs.json").read_text())
    checkpoint = Checkpoint.parse(
        (tmp_path / "checkpoint").read_text(), VerifierKey.parse((tmp_path / "key").read_text())
    )
    one, other = proofs["inclusion"][7], proofs["inclusion"][8]

    with pytest.raises(VerificationError):
        merkle.check_inclusion(
            7,
            300,
            merkle.leaf_hash(base64.b64decode(other["entry"])),
            [base64.b64decode(p) for p in one["path"]],
            checkpoint.root,
        )
