"""A watched process comes back after any exit, with growing pauses, and is killed when it will not go."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from core.supervisor.child import LONGEST_PAUSE, Child
from core.supervisor.terminal import qr_lines, read_demo
from tests.support.platform import lives, wait_until


def _child(tmp_path: Path, program: str, grace: float = 5.0) -> Child:
    return Child("probe", [sys.executable, "-c", program], dict(os.environ), tmp_path, grace)


def _wait_for(path: Path) -> None:
    until = time.monotonic() + 10
    while not path.exists():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_child_that_ended_well_is_started_again_after_the_pause(tmp_path: Path) -> None:
    child = _child(tmp_path, "pass")
    child.start()
    assert child.process is not None
    child.process.wait(10)

    line = child.revive(now=100.0)
    too_early = child.revive(now=100.9)
    still_none = child.process
    child.revive(now=101.0)

    assert line is not None
    assert "1 秒后重新启动" in line
    assert too_early is None
    assert still_none is None
    assert child.running()
    assert child.restarts == 1
    child.kill()


def test_pauses_grow_to_a_bound(tmp_path: Path) -> None:
    child, now, pauses = _child(tmp_path, "raise SystemExit(3)"), 0.0, []
    child.start()
    for _ in range(7):
        assert child.process is not None
        child.process.wait(10)
        line = child.revive(now)
        assert line is not None
        pauses.append(float(line.split("，")[1].split(" ")[0]))
        now += LONGEST_PAUSE
        child.revive(now)
    child.kill()

    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_a_child_goes_when_asked(tmp_path: Path) -> None:
    child = _child(tmp_path, f"open({str(tmp_path / 'up')!r}, 'w'); import time; time.sleep(60)")
    child.start()
    _wait_for(tmp_path / "up")
    child.ask_to_stop()

    assert child.wait_stopped()
    assert not child.running()


def test_a_child_that_will_not_go_is_killed_with_its_own_children(tmp_path: Path) -> None:
    program = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        f"p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
        f"open({str(tmp_path / 'pid.new')!r}, 'w').write(str(p.pid)); "
        f"import os; os.rename({str(tmp_path / 'pid.new')!r}, {str(tmp_path / 'pid')!r}); time.sleep(60)"
    )
    child = _child(tmp_path, program, grace=0.3)
    child.start()
    _wait_for(tmp_path / "pid")
    grandchild = int((tmp_path / "pid").read_text())
    child.ask_to_stop()

    assert not child.wait_stopped()
    assert not child.running()
    wait_until(lambda: not lives(grandchild), 5, "the grandchild gone")


def test_what_the_seed_left_is_read_and_anything_unreadable_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    assert read_demo(path) is None

    path.write_text('{"logins": [{"role": "owner"}]}', "utf-8")
    assert read_demo(path) is None

    path.write_text(
        '{"logins": [{"role": "owner", "user": "1", "password": "p", "label": "企业"}], "scan_url": "u"}', "utf-8"
    )
    found = read_demo(path)
    assert found is not None
    assert (found.logins[0].label, found.scan_url, found.proof_url) == ("企业", "u", "")


def test_the_code_in_the_terminal_can_be_read_back() -> None:
    import zxingcpp
    from PIL import Image

    text = "HTTP://127.0.0.1:8000/ID/USCC/91140824MA0TEST000/PROD/A1/LOT/2026-01"
    lines = qr_lines(text).split("\n")
    width, dark = max(len(line) for line in lines), {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0), "\xa0": (0, 0)}
    image = Image.new("L", (width * 4 + 32, len(lines) * 8 + 32), 0)
    for row, line in enumerate(lines):
        for column, char in enumerate(line):
            for half, light in enumerate(dark[char]):
                if light:
                    image.paste(
                        255, (16 + column * 4, 16 + row * 8 + half * 4, 20 + column * 4, 20 + row * 8 + half * 4)
                    )

    found = zxingcpp.read_barcodes(image)

    assert [code.text for code in found] == [text]
