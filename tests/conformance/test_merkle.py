"""RFC 6962 inclusion and consistency against transparency-dev/merkle."""

from __future__ import annotations

import base64
import json
from pathlib import Path
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


@pytest.mark.parametrize(
    "path", vectors.files("merkle-rfc6962", "inclusion/**/*.json"), ids=lambda p: f"{p.parent.name}-{p.stem}"
)
def test_inclusion(path: Path) -> None:
    case = json.loads(path.read_bytes())
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


@pytest.mark.parametrize(
    "path", vectors.files("merkle-rfc6962", "consistency/**/*.json"), ids=lambda p: f"{p.parent.name}-{p.stem}"
)
def test_consistency(path: Path) -> None:
    case = json.loads(path.read_bytes())
    proof = [decoded(value) for value in case["proof"] or []]

    answer = refused(
        merkle.check_consistency, case["size1"], case["size2"], decoded(case["root1"]), decoded(case["root2"]), proof
    )

    assert answer is case["wantErr"], case["desc"]
