"""The real platform seen by a stranger's monitor: nothing to find, until there is."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from sqlalchemy import text

from core.account.actor import SYSTEM
from core.db import db
from tests.factories import trace as grow
from tests.support.sealing import seal
from trace.log import queries as log
from trace.log import writer
from trace.signing import identity, statements
from trace.signing.canonical import parse_object
from trace.verify.monitor import Monitor
from trace.verify.note import VerifierKey

pytestmark = pytest.mark.usefixtures("session", "clock")


def codes(client, folder: Path) -> list[str]:
    db.session.flush()
    while writer.integrate():
        pass

    def fetch(path: str) -> bytes | None:
        answer = client.get(path)
        return answer.data if answer.status_code == 200 else None

    report = Monitor(fetch, VerifierKey.parse(log.vkey() or ""), folder).run(0)
    return sorted({finding.code for finding in report.findings})


def issue_codes(grown, row, *, first: int, count: int) -> None:
    subject = parse_object(row.payload)["credentialSubject"]
    statements.issue_series_root(
        statements.Series(
            uuid.uuid4(), grown.organisation.id, subject["item"]["id"], subject["id"], subject["lotNo"], first, count,
            b"\x07" * 32, parse_object(row.payload)["id"],
        ),
        grown.actor,
    )  # fmt: skip


def test_records_codes_rotations_withdrawals_and_recalls_give_no_finding(grown, client, tmp_path: Path) -> None:
    grow.make_organisation(7900, "示例平台", kind="platform")
    row = seal(grown)
    issue_codes(grown, row, first=0, count=200)
    assert codes(client, tmp_path) == []

    identity.create_key(grown.organisation.id, grown.actor)
    seal(grown, kind="correction", reason="规格写错")
    issue_codes(grown, row, first=200, count=5)
    statements.issue_recall(uuid.uuid4(), grown.organisation.id, lots=["urn:x:1"], reason="抽检不合格", actor=SYSTEM)
    seal(grown, kind="withdrawal", reason="抽检不合格")

    assert codes(client, tmp_path) == []
    assert codes(client, tmp_path) == []


def test_one_code_too_many_is_seen_from_outside(grown, client, tmp_path: Path) -> None:
    issue_codes(grown, seal(grown), first=0, count=206)  # 205 pieces were sealed

    assert codes(client, tmp_path) == ["series_sum"]


def test_a_record_changed_in_the_database_is_seen_from_outside(grown, client, tmp_path: Path) -> None:
    row = seal(grown)
    codes(client, tmp_path / "before")
    db.session.execute(text("alter table trace_signing_record disable trigger user"))
    db.session.execute(
        text(
            "update trace_signing_record set payload = convert_to(replace(convert_from(payload, 'UTF8'), '富士', '嘎啦'), 'UTF8')"
        )
    )
    db.session.expire(row)

    assert codes(client, tmp_path / "after") == ["document_differs"]
