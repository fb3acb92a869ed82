"""The browser's canonicaliser (core/ui/static/js/record-check.js), run by node: the published JCS data, and our own."""

from __future__ import annotations

import json
import math
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import vectors
from trace.verify.canonical import canonical_bytes, parse
from trace.verify.reasons import VerificationError

ROOT = Path(__file__).resolve().parents[2]
MODULE = ROOT / "core" / "ui" / "static" / "js" / "record-check.js"
NODE = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv" / "bin"))
needs_node = pytest.mark.skipif(NODE is None, reason="node is not here")


def answers(texts: list[str]) -> list[dict[str, str]]:
    """What the module makes of each JSON text; node takes a module by its ending, browsers by their script tag."""
    with tempfile.TemporaryDirectory() as folder:
        module = Path(shutil.copy(MODULE, Path(folder) / "record-check.mjs"))
        done = subprocess.run(
            [str(NODE), str(ROOT / "tests" / "conformance" / "jcs.mjs"), module.as_uri()],
            input=json.dumps(texts), capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@needs_node
def test_published_input_gives_the_published_bytes() -> None:
    paths = vectors.files("jcs-rfc8785", "**/input/*.json")

    made = answers([path.read_text("utf-8") for path in paths])

    expected = ["".join((path.parents[1] / "outhex" / f"{path.stem}.txt").read_text().split()) for path in paths]
    assert [one.get("bytes") for one in made] == expected


@needs_node
def test_every_published_number_is_written_as_es6_writes_it() -> None:
    found = vectors.files("jcs-rfc8785", "**/numbers/*.txt")
    lines = [line.split(",") for path in found for line in path.read_text().split()]
    numbers = [struct.unpack(">d", bytes.fromhex(bits.rjust(16, "0")))[0] for bits, _ in lines]
    pairs = [(repr(n), text) for n, (_, text) in zip(numbers, lines, strict=True) if math.isfinite(n)]

    made = answers([_as_fraction(text) for text, _ in pairs])

    assert [one.get("bytes") for one in made] == [expected.encode().hex() for _, expected in pairs]


def _as_fraction(text: str) -> str:
    """The same double written with an exponent, so that it is read as a number that is not whole."""
    return text if "e" in text else f"{text}e0"


@needs_node
@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":1}', '{"a":{"b":1,"\\u0062":2}}', '"\\ud800"', '"\\udc00x"', "[1,]", "{,}", "01", "+1", ".5", "1.", "NaN",
        "Infinity", "1e999", "9007199254740993", "-9007199254740993", "\ufeff1", "", "1 2", '"\t"', "'a'", "[" * 300 + "]" * 300,
        '"\\x41"', "tru", '{"a" 1}', '{"a":1', "[1 2]", "\u00a01",
    ],
)  # fmt: skip
def test_it_refuses_what_our_own_parser_refuses(text: str) -> None:
    (made,) = answers([text])

    assert made["refused"] in ("bad_json", "duplicate_key")
    if "[[" not in text:
        with pytest.raises(VerificationError) as caught:
            parse(text)
        assert caught.value.reason.value == made["refused"]


@needs_node
@pytest.mark.parametrize(
    "text",
    [
        '{"\u20ac":1,"\\r":2,"\ufb33":3,"1":4,"\U0001f600":5,"\u0080":6,"\u00f6":7,"__proto__":8,"10":9,"9":10}', '"\\u2028\\u007f\\u001f"',
        "-0", "-0.0", "9007199254740991", "9007199254740992", "1e21", "100000000000000000000", '{"品名":["富士",{"é":"e\u0301"}]}', "[]", "{}",
        ' { "a" : [ true , false , null ] } ',
    ],
)  # fmt: skip
def test_it_writes_the_bytes_our_own_canonicaliser_writes(text: str) -> None:
    assert answers([text])[0]["bytes"] == canonical_bytes(parse(text)).hex()
