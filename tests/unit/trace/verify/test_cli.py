"""``python -m trace.verify``: exit 0 and one line, 1 and the reason code, 2 for wrong usage; from the archive too."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support import trust
from trace.signing.archive import build

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    world = trust.World()
    world.add_document(trust.did_document())
    index = world.add_record(trust.signed())
    world.add(b"another")
    (tmp_path / "record.json").write_bytes(trust.dump(trust.signed()))
    (tmp_path / "did.json").write_bytes(trust.dump(trust.did_document()))
    (tmp_path / "record.tlog-proof").write_text(str(world.proof(index)))
    (tmp_path / "key").write_text(world.log_key + "\n")
    return tmp_path


def run(
    folder: Path, *arguments: str, module: str = "trace.verify", root: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=root, capture_output=True, text=True, timeout=60, check=False,
        env={"PYTHONPATH": str(root), "PYTHONIOENCODING": "utf-8", "PATH": ""},
    )  # fmt: skip


def given(folder: Path, record: str = "record.json") -> list[str]:
    return [
        str(folder / record), "--proof", str(folder / "record.tlog-proof"), "--did", str(folder / "did.json"),
        "--log-key", (folder / "key").read_text().strip(),
    ]  # fmt: skip


def test_an_unchanged_record_gives_exit_0_and_one_line(folder: Path) -> None:
    done = run(folder, *given(folder))

    assert (done.returncode, done.stdout.count("\n"), done.stderr) == (0, 1, "")
    assert done.stdout.startswith("ok ")


def test_a_tampered_copy_gives_exit_1_and_the_reason_code(folder: Path) -> None:
    (folder / "tampered.json").write_text((folder / "record.json").read_text().replace("富士", "嘎啦"))

    done = run(folder, *given(folder, "tampered.json"))

    assert (done.returncode, done.stdout) == (1, "signature_invalid\n")
    assert "改动" in done.stderr


@pytest.mark.parametrize(
    "arguments", [[], ["record.json"], ["--help-me"], ["no-such.json", "--proof", "x", "--did", "y", "--log-key", "z"]]
)
def test_wrong_usage_gives_exit_2(folder: Path, arguments: list[str]) -> None:
    assert run(folder, *arguments).returncode == 2


def test_the_log_key_may_stand_in_a_file(folder: Path) -> None:
    arguments = given(folder)
    arguments[-1] = str(folder / "key")

    assert run(folder, *arguments).returncode == 0


def test_the_archive_verifies_without_the_repository(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "unpacked"
    with zipfile.ZipFile(io.BytesIO(build())) as archive:
        archive.extractall(place)

    done = run(folder, *given(folder), module="yidun_verify", root=place)

    assert done.returncode == 0, done.stderr
    assert not (place / "trace").exists()


def test_the_verifier_imports_nothing_of_ours_but_itself() -> None:
    code = "import trace.verify.cli, sys; print([m for m in sys.modules if m.split('.')[0] in ('core','brand','shop','admin','flask','sqlalchemy') or (m.startswith('trace.') and not m.startswith('trace.verify'))])"

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT)},
    )

    assert done.stdout.strip() == "[]"
