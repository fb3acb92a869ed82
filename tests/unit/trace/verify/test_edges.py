"""Edges that no published vector reaches: canonical bytes, signed notes, proof files, proofs of odd-sized trees."""

from __future__ import annotations

import base64
import struct
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from trace.log.checkpoint import sign
from trace.log.merkle import Tree
from trace.log.tiles import WIDTH
from trace.verify import merkle, note
from trace.verify.canonical import canonical_bytes, parse
from trace.verify.note import Checkpoint
from trace.verify.reasons import VerificationError
from trace.verify.tlogproof import HEADER, TlogProof

SEED = bytes(range(32))
NAME = "log.example/one"
KEY = note.vkey(NAME, Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw())
ROOT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5e-324", "5e-324"), ("2.2250738585072014e-308", "2.2250738585072014e-308"), ("1.7976931348623157e308", "1.7976931348623157e+308"),
        ("1e21", "1e+21"), ("999999999999999900000", "999999999999999900000"), ("1e-6", "0.000001"), ("1e-7", "1e-7"),
        ("0.1e1", "1"), ("-0e-9", "0"), ("1e23", "1e+23"), ("295147905179352830000.0", "295147905179352830000"),
        ("333333333.33333329", "333333333.3333333"), ("9007199254740994", "9007199254740994"), ("1424953923781206.25", "1424953923781206.2"),
        ('"\\u007f\\u0080\\u2028\\u2029\\ufeff"', '"\x7f\x80\u2028\u2029\ufeff"'), ('"\\u000b\\u0000\\b\\/"', '"\\u000b\\u0000\\b/"'),
        ('{"\ufb33":1,"\U0001f602":2,"\u20ac":3,"":4,"\\u0000":5,"a":6,"A":7}', '{"":4,"\\u0000":5,"A":7,"a":6,"\u20ac":3,"\U0001f602":2,"\ufb33":1}'),
        ('{"é":1,"e\u0301":2}', '{"e\u0301":2,"é":1}'), ('{"10":1,"9":2,"1":3}', '{"1":3,"10":1,"9":2}'),
    ],
)  # fmt: skip
def test_canonical_bytes_at_the_edges_of_numbers_and_names(text: str, expected: str) -> None:
    assert canonical_bytes(parse(text)) == expected.encode()


@given(st.integers(0, 2**64 - 1))
def test_every_double_is_read_back_from_its_canonical_form(bits: int) -> None:
    number = struct.unpack(">d", bits.to_bytes(8, "big"))[0]
    if number != number or number in (float("inf"), float("-inf")):
        with pytest.raises(VerificationError):
            canonical_bytes(number)
        return
    text = canonical_bytes(number)

    assert float(text) == number
    assert canonical_bytes(parse(text)) == text


def signed(text: str) -> str:
    return sign(text, NAME, SEED)


def stranger(number: int) -> str:
    return f"\u2014 other{number}.example {base64.b64encode(bytes(68)).decode()}\n"


def test_a_delete_character_is_no_control_character_of_the_standard() -> None:
    assert note.verify(signed("a\x7fb\n"), [KEY])[0] == "a\x7fb\n"


def test_the_last_blank_line_divides_and_a_hundred_lines_are_read() -> None:
    whole = signed("first\n\nsecond\n")

    assert note.verify(whole + "".join(stranger(n) for n in range(99)), [KEY])[0] == "first\n\nsecond\n"
    with pytest.raises(VerificationError):
        note.verify(whole + "".join(stranger(n) for n in range(100)), [KEY])


GOOD = signed("text\n")
LINE = GOOD.split("\n\n")[1]
SAME_ID = f"\u2014 {NAME} {base64.b64encode(KEY.key_id + bytes(64)).decode()}\n"


@pytest.mark.parametrize(
    "broken",
    [
        "", "\n\n", GOOD[:-1], "text\n\n", "text\n" + LINE, GOOD + "\n", GOOD.replace("\u2014", "-"), GOOD.replace("\u2014 ", "\u2014"),
        GOOD.replace(NAME, "log.example/o+e"), GOOD.replace(NAME + " ", NAME + "  "), GOOD.replace(NAME, "log.example/\u00a0one"),
        "te\txt\n\n" + LINE, "text\r\n\n" + LINE, GOOD + "\u2014 x AAAA\n", GOOD + "\u2014 x A=AA\n", GOOD + "\u2014 x\n",
        GOOD.replace("text", "Text"), "text\n\n" + SAME_ID + LINE, "text\n\n" + stranger(1),
    ],
)  # fmt: skip
def test_a_malformed_or_unsigned_note_is_refused(broken: str) -> None:
    with pytest.raises(VerificationError):
        note.verify(broken, [KEY])


@pytest.mark.parametrize(
    "body",
    [
        f"{NAME}\n03\n{ROOT}\n", f"{NAME}\n+3\n{ROOT}\n", f"{NAME}\n-1\n{ROOT}\n", f"{NAME}\n\u0663\n{ROOT}\n", f"{NAME}\n3 \n{ROOT}\n",
        f"{NAME}\n\n{ROOT}\n", f"{NAME}\n3\n{ROOT[:-1]}\n", f"{NAME}\n3\n{ROOT[:-4]}\n", f"{NAME}\n0\n{ROOT}\n", f"\n3\n{ROOT}\n",
        f"log.example/two\n3\n{ROOT}\n", f"{NAME}\n3\n{ROOT}\n\nafter a blank line\n", f"{NAME}\n{10**19}\n{ROOT}\n", f"{NAME}\n3\n",
    ],
)  # fmt: skip
def test_a_signed_text_that_is_no_checkpoint_is_refused(body: str) -> None:
    with pytest.raises(VerificationError):
        Checkpoint.parse(signed(body), KEY)


def test_lines_after_the_root_are_read_over() -> None:
    assert Checkpoint.parse(signed(f"{NAME}\n3\n{ROOT}\nsome extension\n"), KEY).size == 3


@pytest.mark.parametrize(
    "head",
    [
        HEADER + "\nindex 01", HEADER + "\nindex -1", HEADER + "\nindex", HEADER + "\nindex \u0661", HEADER + "\r\nindex 1", HEADER + "\nindex 1\nindex 1",
        HEADER + "\nindex 1\nextra AAAA", HEADER + "\nextra AAA\nindex 1", HEADER + f"\nindex 1\n{ROOT} ", HEADER + f"\nindex 1\n{ROOT[:-4]}",
        HEADER + "\nindex 1\n" + "\n".join([ROOT] * 64), HEADER.replace("v1", "v2") + "\nindex 1", " " + HEADER + "\nindex 1",
    ],
)  # fmt: skip
def test_a_malformed_proof_file_is_refused(head: str) -> None:
    with pytest.raises(VerificationError):
        TlogProof.parse(head + "\n\n" + GOOD)


def tree(size: int) -> Tree:
    made = Tree(lambda _level, _number: b"", 0)
    made.append(merkle.leaf_hash(b"%d" % number) for number in range(size))
    return made


SIZES = (1, 2, 3, 7, 8, 9, WIDTH - 1, WIDTH, WIDTH + 1, 2 * WIDTH, 2 * WIDTH + 1)
BIG = tree(max(SIZES))


@pytest.mark.parametrize("size", SIZES)
def test_a_proof_holds_at_its_place_and_size_only(size: int) -> None:
    for index in {0, size // 2, size - 1}:
        leaf, proof, root = merkle.leaf_hash(b"%d" % index), BIG.inclusion(index, size), BIG.root(size)
        merkle.check_inclusion(index, size, leaf, proof, root)
        wrong: list[tuple[Any, ...]] = [
            (index + 1, size, leaf, proof, root), (size, size, leaf, proof, root), (-1, size, leaf, proof, root),
            (index, size, leaf, [*proof, bytes(32)], root), (index, size, leaf[:31], proof, root), (index, size, leaf, proof, leaf[:31]),
            (index, size, merkle.leaf_hash(b"x"), proof, root),
        ]  # fmt: skip
        wrong += (
            [(index, size, leaf, proof[:-1], root), (index, size, leaf, proof[::-1], root)] if len(proof) > 1 else []
        )
        for arguments in wrong:
            with pytest.raises(VerificationError):
                merkle.check_inclusion(*arguments)


@pytest.mark.parametrize("size", SIZES[1:])
def test_a_tree_continues_only_the_tree_it_grew_from(size: int) -> None:
    root = BIG.root(size)
    for old in {1, size // 2, size - 1}:
        proof, before = BIG.consistency(old, size), BIG.root(old)
        merkle.check_consistency(old, size, before, root, proof)
        for arguments in (
            (old, size, root, before, proof), (old, size, before, root, proof[:-1]), (old, size, before, root, [*proof, bytes(32)]),
            (0, size, merkle.EMPTY_ROOT, root, proof), (size, old, before, root, proof), (size, size, root, before, []),
            (old, size, merkle.leaf_hash(b"x"), root, proof),
        ):  # fmt: skip
            with pytest.raises(VerificationError):
                merkle.check_consistency(*arguments)
