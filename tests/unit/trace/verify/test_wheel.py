"""The wheel yidun-verify: built from the very files that run here, and running alone."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support import trust
from tests.unit.trace.verify.test_cli import given
from trace.signing import wheel
from trace.signing.external import package
from trace.signing.proof import prepare
from trace.verify.canonical import parse_object
from trace.verify.multikey import decode_public_key
from trace.verify.verifier import check_signed


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and nothing else of ours, installed by pip where there is one."""
    folder = tmp_path_factory.mktemp("wheel")
    path = folder / wheel.file_name()
    path.write_bytes(wheel.build())
    target = folder / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--no-compile", "--disable-pip-version-check",
         "--target", str(target), str(path)],
        check=True, capture_output=True, timeout=120, env={**os.environ, "PYTHONPATH": ""},
    )  # fmt: skip
    return target


@pytest.fixture
def files(tmp_path: Path) -> Path:
    world = trust.World()
    world.add_document(trust.did_document())
    index = world.add_record(trust.signed())
    (tmp_path / "record.json").write_bytes(trust.dump(trust.signed()))
    (tmp_path / "did.json").write_bytes(trust.dump(trust.did_document()))
    (tmp_path / "record.tlog-proof").write_text(str(world.proof(index)))
    (tmp_path / "key").write_text(world.log_key + "\n")
    return tmp_path


def run(site: Path, command: str, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(site / "bin" / command), *arguments],
        cwd=site, capture_output=True, text=True, timeout=60, check=False, input=typed,
        env={"PYTHONPATH": str(site), "PYTHONIOENCODING": "utf-8", "PATH": ""},
    )  # fmt: skip


def test_the_same_files_give_the_same_wheel_and_every_file_has_its_hash() -> None:
    data = wheel.build()

    assert data == wheel.build()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        record = archive.read(f"{wheel.INFO}/RECORD").decode()
        for name, digest, size in csv.reader(io.StringIO(record)):
            if digest:
                made = base64.urlsafe_b64encode(hashlib.sha256(archive.read(name)).digest()).decode().rstrip("=")
                assert (f"sha256={made}", str(len(archive.read(name)))) == (digest, size)
        assert sorted(archive.namelist()) == sorted(row[0] for row in csv.reader(io.StringIO(record)))


def test_the_installed_verifier_says_what_the_one_in_the_repository_says(installed: Path, files: Path) -> None:
    good = run(installed, "yidun-verify", *given(files))
    (files / "tampered.json").write_text((files / "record.json").read_text().replace("富士", "嘎啦"))
    bad = run(installed, "yidun-verify", *given(files, "tampered.json"))

    assert (good.returncode, good.stdout[:3], good.stderr) == (0, "ok ", "")
    assert (bad.returncode, bad.stdout) == (1, "signature_invalid\n")


def test_the_installed_witness_makes_its_key(installed: Path, tmp_path: Path) -> None:
    done = run(installed, "yidun-witness", "init", "--key", str(tmp_path / "key"), "--name", "witness.example/w1")

    assert done.stdout.startswith("witness.example/w1+")


def test_the_installed_monitor_explains_itself(installed: Path) -> None:
    assert run(installed, "yidun-monitor", "--help").returncode == 0
    assert run(installed, "yidun-monitor").returncode == 2


def test_a_package_is_signed_on_the_enterprises_own_machine(installed: Path, tmp_path: Path) -> None:
    public = run(installed, "yidun-sign", "keygen", str(tmp_path / "key")).stdout.strip()
    draft = prepare(trust.unsigned(), method=f"{trust.DID}#key-1", created="2026-10-18T02:00:00Z")
    (tmp_path / "package.json").write_bytes(package(draft))
    call = [
        "sign",
        str(tmp_path / "package.json"),
        "--key",
        str(tmp_path / "key"),
        "--out",
        str(tmp_path / "signed.json"),
    ]

    asked = run(installed, "yidun-sign", *call, typed="no\n")
    assert (asked.returncode, (tmp_path / "signed.json").exists()) == (1, False)
    done = run(installed, "yidun-sign", *call, "--yes")

    assert done.returncode == 0
    assert "富士苹果" in done.stdout
    document = trust.did_document()
    document["verificationMethod"][0]["publicKeyMultibase"] = public
    assert decode_public_key(public)
    check_signed(parse_object((tmp_path / "signed.json").read_bytes()), document)


def test_a_package_that_shows_something_else_than_it_wants_signed_is_refused(installed: Path, tmp_path: Path) -> None:
    run(installed, "yidun-sign", "keygen", str(tmp_path / "key"))
    body = json.loads(package(prepare(trust.unsigned(), method=f"{trust.DID}#key-1", created="2026-10-18T02:00:00Z")))
    body["document"]["credentialSubject"]["品名"] = "别的"
    (tmp_path / "package.json").write_text(json.dumps(body))

    done = run(
        installed, "yidun-sign", "sign", str(tmp_path / "package.json"), "--key", str(tmp_path / "key"), "--out", str(tmp_path / "out"), "--yes"
    )  # fmt: skip

    assert (done.returncode, (tmp_path / "out").exists()) == (1, False)
    assert "bad_proof" in done.stderr
