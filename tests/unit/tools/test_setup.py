"""The set-up script by itself: stamps, copies, and one clear sentence when something is missing."""

from __future__ import annotations

import gzip
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.source import ROOT


@pytest.fixture(scope="module")
def setup() -> ModuleType:
    spec = importlib.util.spec_from_file_location("yidun_setup", ROOT / "tools" / "setup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_script_loses_the_pointer_to_its_map_and_gets_a_gzip_twin(setup: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a.js").write_bytes(b"let a=1;\n//# sourceMappingURL=a.js.map\n")
    (tmp_path / "a.css").write_bytes(b"a{b:c}\n/*# sourceMappingURL=a.css.map */")

    for name in ("a.js", "a.css"):
        setup.copy(tmp_path / name, tmp_path / "out" / name)

    assert (tmp_path / "out" / "a.js").read_bytes() == b"let a=1;\n"
    assert (tmp_path / "out" / "a.css").read_bytes() == b"a{b:c}\n"
    assert gzip.decompress((tmp_path / "out" / "a.js.gz").read_bytes()) == b"let a=1;\n"


def test_a_font_is_copied_as_it_is(setup: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a.ttf").write_bytes(b"\0\1//# sourceMappingURL=x\n")

    setup.copy(tmp_path / "a.ttf", tmp_path / "out" / "a.ttf")

    assert (tmp_path / "out" / "a.ttf").read_bytes() == b"\0\1//# sourceMappingURL=x\n"
    assert not (tmp_path / "out" / "a.ttf.gz").exists()


def test_a_stamp_fits_only_its_own_value(setup: ModuleType, tmp_path: Path) -> None:
    stamp = tmp_path / "stamp"
    assert not setup.stamp_fits(stamp, "a")

    stamp.write_text("a\n")

    assert setup.stamp_fits(stamp, "a")
    assert not setup.stamp_fits(stamp, "b")


@pytest.mark.parametrize(
    "output",
    [
        "Temporary failure in name resolution",
        "npm error code ENOTFOUND",
        "NewConnectionError(...): Failed to establish a new connection",
        "npm error network ETIMEDOUT",
    ],
)
def test_a_missing_network_is_said_in_one_sentence(setup: ModuleType, output: str) -> None:
    with pytest.raises(setup.SetupError) as told:
        setup.run([sys.executable, "-c", f"print({output!r}); raise SystemExit(1)"], "安装依赖")

    assert "连不上软件源" in str(told.value)


def test_another_failure_is_not_blamed_on_the_network(setup: ModuleType) -> None:
    with pytest.raises(setup.SetupError) as told:
        setup.run([sys.executable, "-c", "print('hash mismatch'); raise SystemExit(1)"], "安装依赖")

    assert "连不上" not in str(told.value)
    assert "hash mismatch" in str(told.value)


def test_an_old_python_is_told_which_one_is_needed(tmp_path: Path) -> None:
    program = (
        "import sys, runpy; sys.version_info = (3, 9, 2, 'final', 0); sys.version = '3.9.2 (old)'; "
        f"runpy.run_path({str(ROOT / 'tools' / 'setup.py')!r}, run_name='__main__')"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=tmp_path)

    assert done.returncode == 1
    assert "需要 Python 3.11 或更新的版本，现在是 3.9.2" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named(
    setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o500)
    monkeypatch.setattr(setup, "ROOT", tmp_path)

    with pytest.raises(setup.SetupError, match="文件夹不能写入"), setup.alone():
        pass


def test_every_fetched_file_lies_in_a_folder_git_ignores(setup: ModuleType) -> None:
    targets = [str(path.relative_to(ROOT)) for path in setup.COPIES.values()]

    done = subprocess.run(["git", "check-ignore", *targets], cwd=ROOT, capture_output=True, text=True, check=False)

    assert sorted(done.stdout.split()) == sorted(targets)
