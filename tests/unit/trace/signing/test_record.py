"""What a record says in words, what it may hold, and how canonical bytes are made."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import RuleBroken
from tests.support import trust
from trace.signing import presentation, rules
from trace.signing.canonical import canonical_bytes, normalise, parse
from trace.signing.proof import ExternalSigner, LocalSigner, complete, prepare
from trace.verify.multikey import multibase_decode, multibase_encode
from trace.verify.proof import check_signature, take_apart
from trace.verify.reasons import VerificationError

ROOT = Path(__file__).resolve().parents[4]
NOW = datetime(2026, 10, 18, 2, 0, tzinfo=UTC)
RESULT = {
    "substance": "戊唑醇",
    "result": "not_detected",
    "limit": "2",
    "unit": "mg/kg",
    "judgementLabel": "不超过限量",
}


def example() -> dict[str, Any]:
    """The example of docs/record-format.md, read from the page itself."""
    text = (ROOT / "docs" / "record-format.md").read_text("utf-8")
    found = re.search(r"```json\n(\{.*?\n\})\n```", text, re.DOTALL)
    assert found
    value: dict[str, Any] = json.loads(found[1])
    return value


def credential(subject: dict[str, Any], **values: Any) -> dict[str, Any]:
    given = {
        "kind": "record",
        "host": "demo.yidun.example",
        "record_id": "https://x.example/1",
        "issuer": trust.DID,
        "now": NOW,
    }
    return rules.lot_credential({"credentialSubject": subject, "relatedResource": []}, **{**given, **values})


def test_every_term_of_the_documented_example_is_in_the_context() -> None:
    assert rules.undefined_terms(credential(example())) == set()


def test_a_term_that_is_not_in_the_context_is_named() -> None:
    subject = example()
    subject["item"]["somethingNew"] = 1

    assert rules.undefined_terms(credential(subject)) == {"somethingNew"}


def test_the_documented_example_holds_no_personal_data() -> None:
    rules.check_public(credential(example()))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"lotNo": "13812345678"}, "credentialSubject.lotNo"),
        ({"storage": {"method": "电话 138 1234 5678"}}, "credentialSubject.storage.method"),
        ({"journal": [{"summary": "找１３８１２３４５６７８"}]}, "credentialSubject.journal[1].summary"),
    ],
)
def test_a_phone_number_is_found_wherever_it_stands(change: dict[str, Any], place: str) -> None:
    with pytest.raises(RuleBroken) as caught:
        rules.check_public(credential({**example(), **change}))

    assert [place in unmet.message for unmet in caught.value.unmet] == [True]


def test_every_place_is_listed_at_once() -> None:
    subject = {**example(), "storage": {"method": "13812345678"}, "lotNo": "13912345678"}

    with pytest.raises(RuleBroken) as caught:
        rules.check_public(credential(subject))

    assert len(caught.value.unmet) == 2


def test_the_page_shows_every_block_and_says_what_is_not_provided() -> None:
    shown = presentation.sections(credential(example()))
    bare = presentation.sections(credential({**example(), "tests": [], "licence": None}))

    assert [s.title for s in shown][:5] == ["这批货", "产地", "生产者", "品牌授权", "承诺达标合格证"]
    assert ("检测报告", "未提供") in next(s for s in bare if s.title == "检测").rows
    assert next(s for s in bare if s.title == "品牌授权").rows == [("授权", "未提供")]


def test_a_test_of_the_growers_own_laboratory_is_a_statement_of_the_enterprise() -> None:
    subject = {**example(), "tests": [{"laboratory": {"kind": "own"}, "results": [RESULT]}]}

    section = next(s for s in presentation.sections(credential(subject)) if s.title == "检测")

    assert (section.source, section.table) == ("self", [("戊唑醇", "未检出", "2 mg/kg", "不超过限量")])


@pytest.mark.parametrize(
    ("change", "row"),
    [
        ({"detectionLimit": "0.01", "method": "GB 23200.113-2018"}, ("戊唑醇，GB 23200.113-2018", "未检出（检出限 0.01 mg/kg）", "2 mg/kg")),
        ({"result": "0.034", "limitMarks": ["temporary", "to_be_confirmed"]}, ("戊唑醇", "0.034 mg/kg", "2 mg/kg（临时限量，限量待核对）")),
        ({"limit": None, "judgement": "no_limit"}, ("戊唑醇", "未检出", "无限量规定")),
        ({"limit": None, "judgement": "not_judgeable"}, ("戊唑醇", "未检出", "–")),
    ],
)  # fmt: skip
def test_an_item_is_told_with_its_limit_of_detection_and_what_the_table_says_of_its_limit(
    change: dict[str, Any], row: tuple[str, str, str]
) -> None:
    result = {key: value for key, value in (RESULT | change).items() if value is not None}
    subject = {**example(), "tests": [{"laboratory": {}, "standard": "GB 2763-2026", "results": [result]}]}

    section = next(s for s in presentation.sections(credential(subject)) if s.title == "检测")

    assert section.table[0][:3] == row
    assert ("限量标准", "GB 2763-2026") in section.rows


@pytest.mark.parametrize(
    ("grams", "text"), [(1_025_000, "1,025 kg"), (1, "0.001 kg"), (2500, "2.5 kg"), (None, "未提供")]
)
def test_grams_are_shown_as_kilograms(grams: int | None, text: str) -> None:
    assert presentation.kilograms(grams) == text


EARLIER = rules.Earlier("record", 1, "https://x.example/0", bytes(32))


@pytest.mark.parametrize(
    ("kind", "earlier", "reason", "codes"),
    [
        ("record", None, "", []),
        ("record", EARLIER, "", ["sealed"]),
        ("correction", EARLIER, "写错", []),
        ("correction", EARLIER, " ", ["reason"]),
        ("addendum", None, "", ["not_sealed", "reason"]),
        ("addendum", rules.Earlier("withdrawal", 2, "x", bytes(32)), "补", ["withdrawn"]),
        ("withdrawal", EARLIER, "字" * 300, []),
        ("withdrawal", EARLIER, "字" * 301, ["reason_long"]),
    ],
)
def test_what_may_follow_what(kind: str, earlier: rules.Earlier | None, reason: str, codes: list[str]) -> None:
    assert [unmet.rule.rpartition(".")[2] for unmet in rules.unmet_next(kind, earlier, reason)] == codes


# --- canonical bytes and proofs -----------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_canonical_bytes_do_not_depend_on_how_the_json_was_written(value: Any) -> None:
    data = canonical_bytes(value)

    assert canonical_bytes(parse(data)) == data
    assert canonical_bytes(parse(json.dumps(value, indent=3, ensure_ascii=True))) == data


@given(st.dictionaries(TEXT.filter(lambda name: name not in ("proof", "@context")), JSON, max_size=4))
def test_what_is_signed_verifies_and_another_document_does_not(extra: dict[str, Any]) -> None:
    document = {**trust.unsigned(), **extra, "@context": trust.unsigned()["@context"]}
    signed = complete(
        prepare(document, method="did:web:x.example#key-1", created="2026-10-18T02:00:00Z"), LocalSigner(trust.SEED)
    )

    check_signature(take_apart(parse(canonical_bytes(signed))), trust.public(trust.SEED))
    with pytest.raises(VerificationError):
        check_signature(take_apart({**signed, "another": 1}), trust.public(trust.SEED))


def test_a_signature_made_elsewhere_gives_the_same_document() -> None:
    draft = prepare(trust.unsigned(), method="did:web:x.example#key-1", created="2026-10-18T02:00:00Z")
    elsewhere = multibase_encode(LocalSigner(trust.SEED).sign(draft.to_sign))

    assert complete(draft, ExternalSigner(elsewhere)) == complete(draft, LocalSigner(trust.SEED))


@given(st.binary(max_size=80))
def test_base58_reads_back(data: bytes) -> None:
    assert multibase_decode(multibase_encode(data)) == data


def test_chinese_is_brought_to_nfc_at_entry() -> None:
    assert normalise({"e\u0301": ["e\u0301"]}) == {"é": ["é"]}


def test_two_names_that_become_one_are_refused() -> None:
    with pytest.raises(VerificationError):
        normalise({"é": 1, "e\u0301": 2})
