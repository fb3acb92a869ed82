"""The promise outside the database survives a torn write and never shrinks."""

from __future__ import annotations

from pathlib import Path

from trace.log.highwater import HighWater, Mark

KEY = b"\x01\x02\x03\x04"


def test_the_highest_mark_is_the_promise(tmp_path: Path) -> None:
    file = HighWater(tmp_path / "log", KEY)

    file.append(Mark(1, b"\x01" * 32))
    file.append(Mark(3, b"\x03" * 32))

    assert HighWater(tmp_path / "log", KEY).last() == Mark(3, b"\x03" * 32)
    assert file.path.name == "01020304.highwater"


def test_without_a_file_nothing_is_promised(tmp_path: Path) -> None:
    assert HighWater(tmp_path, KEY).last() is None


def test_a_line_torn_by_a_crash_was_never_published(tmp_path: Path) -> None:
    file = HighWater(tmp_path, KEY)
    file.append(Mark(1, b"\x01" * 32))
    file.path.write_bytes(file.path.read_bytes() + b"2 AgICAg")

    assert file.last() == Mark(1, b"\x01" * 32)


def test_writing_goes_on_after_a_torn_line(tmp_path: Path) -> None:
    file = HighWater(tmp_path, KEY)
    file.append(Mark(1, b"\x01" * 32))
    file.path.write_bytes(file.path.read_bytes() + b"2 AgICAg")

    file.append(Mark(2, b"\x02" * 32))

    assert [mark.size for mark in file.marks()] == [1, 2]
