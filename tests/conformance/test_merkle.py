"""RFC 6962 inclusion and consistency against transparency-dev/merkle."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.conformance import vectors
from trace.verify import merkle
from trace.verify.reasons import VerificationError


def decoded(value: str | None) -> bytes:
    return base64.b64decode(value or "")


def refused(check: Any, *arguments: Any) -> bool:
    try:
        check(*arguments)
    except VerificationError:
        return True
    return False


INCLUSION = vectors.cases("merkle-rfc6962", vectors.has("leafIdx", "treeSize", "leafHash", "root"))
CONSISTENCY = vectors.cases("merkle-rfc6962", vectors.has("size1", "size2", "root1", "root2"))


@pytest.mark.parametrize("case", INCLUSION, ids=lambda case: case["desc"])
def test_inclusion(case: dict[str, Any]) -> None:
    proof = [decoded(value) for value in case["proof"] or []]

    answer = refused(
        merkle.check_inclusion,
        case["leafIdx"],
        case["treeSize"],
        decoded(case["leafHash"]),
        proof,
        decoded(case["root"]),
    )

    assert answer is case["wantErr"], case["desc"]


@pytest.mark.parametrize("case", CONSISTENCY, ids=lambda case: case["desc"])
def test_consistency(case: dict[str, Any]) -> None:
    proof = [decoded(value) for value in case["proof"] or []]

    answer = refused(
        merkle.check_consistency, case["size1"], case["size2"], decoded(case["root1"]), decoded(case["root2"]), proof
    )

    assert answer is case["wantErr"], case["desc"]


def test_no_file_is_left_unread_but_those_of_subtrees() -> None:
    vectors.nothing_left_unread("merkle-rfc6962", "**/subtreeinclusion/**/*", "**/subtreeconsistency/**/*")
