"""RFC 8785 canonical bytes against the published JCS data."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from tests.conformance import vectors
from trace.verify.canonical import canonical_bytes, parse

INPUTS = vectors.files("jcs-rfc8785", "**/input/*.json")
vectors.files("jcs-rfc8785", "**/outhex/*.txt")


@pytest.mark.parametrize("path", INPUTS, ids=lambda p: p.stem)
def test_published_input_gives_the_published_bytes(path: Path) -> None:
    expected = bytes.fromhex((path.parents[1] / "outhex" / f"{path.stem}.txt").read_text())

    assert canonical_bytes(parse(path.read_bytes())) == expected


@pytest.mark.parametrize("path", vectors.files("jcs-rfc8785", "**/output/*.json"), ids=lambda p: p.stem)
def test_canonical_bytes_are_their_own_canonical_form(path: Path) -> None:
    data = path.read_bytes()

    assert canonical_bytes(parse(data)) == data


@pytest.mark.parametrize("path", vectors.files("jcs-rfc8785", "**/numbers/*.txt"), ids=lambda p: p.stem)
def test_every_published_number_is_written_as_es6_writes_it(path: Path) -> None:
    wrong = []
    for line in path.read_text().split():
        bits, expected = line.split(",")
        number = struct.unpack(">d", bytes.fromhex(bits.rjust(16, "0")))[0]
        if canonical_bytes(number) != expected.encode():
            wrong.append(line)

    assert wrong == []


def test_no_file_is_left_unread() -> None:
    vectors.nothing_left_unread("jcs-rfc8785")
