"""Series roots, recalls, licences and audit heads in the log, and what fsck makes of them."""

from __future__ import annotations

import hashlib
import uuid

import pytest
from sqlalchemy import select, text

from core import notary
from core.account.actor import SYSTEM
from core.db import db
from core.errors import RuleBroken
from core.organisation.models import Organisation
from core.record import service as audit_trail
from core.record.models import AuditRow, ChainLink
from tests.factories import trace as grow
from tests.support.sealing import check_files, seal
from trace.log import writer
from trace.log.fsck import differences
from trace.log.models import LogEntry
from trace.signing import statements
from trace.signing.canonical import parse_object
from trace.verify.entry import read_entry

pytestmark = pytest.mark.usefixtures("session", "clock")


def series_of(grown: grow.Grown, **changes) -> statements.Series:
    values = {
        "public_id": uuid.uuid4(), "organisation_id": grown.actor.organisation_id,
        "item_uri": "https://id.gs1.org/01/09521234000010", "lot_uri": "https://id.gs1.org/01/09521234000010/10/26101701",
        "lot_no": grown.packed.lot_no, "first_unit": 0, "count": 200, "root": b"\x07" * 32,
        "record_id": "https://demo.yidun.example/trace/records/00000000-0000-4000-8000-000000000001",
    }  # fmt: skip
    return statements.Series(**(values | changes))


def last_entry() -> dict:
    return read_entry(db.session.scalar(select(LogEntry.entry).order_by(LogEntry.id.desc()).limit(1)))


def test_a_series_root_is_signed_by_the_enterprise_and_logged_in_clear(grown, client) -> None:
    seal(grown)
    row = statements.issue_series_root(series_of(grown), grown.actor)
    writer.integrate()

    fields = last_entry()
    assert (fields["kind"], fields["count"], fields["root"]) == ("series-root", 200, "07" * 32)
    assert check_files(row).index == 2  # DID document, record, series
    assert client.get(f"/trace/records/sha256/{fields['hash']}.json").data == row.payload
    assert list(differences(db.session)) == []
    assert "200" in client.get(f"/trace/records/{row.public_id}").text


def test_a_recall_names_its_lots_and_its_next_version_more(grown) -> None:
    seal(grown)
    recall = uuid.uuid4()
    lots = ["https://id.gs1.org/01/09521234000010/10/B", "https://id.gs1.org/01/09521234000010/10/A"]

    first = statements.issue_recall(
        recall, grown.actor.organisation_id, lots=lots[:1], reason="农残超限量", actor=SYSTEM
    )
    second = statements.issue_recall(recall, grown.actor.organisation_id, lots=lots, reason="扩大范围", actor=SYSTEM)

    assert (first.version, second.version, last_entry()["count"]) == (1, 2, 2)
    assert parse_object(second.payload)["credentialSubject"]["lots"] == sorted(lots)


def test_a_voided_range_is_signed_with_its_reason(grown, client) -> None:
    seal(grown)
    row = statements.issue_series_change(
        uuid.uuid4(), grown.actor.organisation_id, change="void", first_unit=5, count=3, reason="标签淋湿", actor=SYSTEM
    )

    assert last_entry()["kind"] == "vc"
    assert "作废" in client.get(f"/trace/records/{row.public_id}").text


def test_no_phone_number_gets_into_a_recall(grown) -> None:
    seal(grown)

    with pytest.raises(RuleBroken):
        statements.issue_recall(
            uuid.uuid4(), grown.actor.organisation_id, lots=["urn:x:1"], reason="电话 13800138000", actor=SYSTEM
        )


@pytest.fixture
def platform(session) -> Organisation:
    return grow.make_organisation(7900, "示例平台", kind="platform")


def chain_all() -> None:
    """What the chainer does, for the rows of this very transaction too."""
    db.session.flush()
    head = audit_trail.GENESIS
    for row in db.session.scalars(select(AuditRow).order_by(AuditRow.id)):
        head = hashlib.sha256(head + audit_trail._canonical(row)).digest()
        db.session.add(ChainLink(entry_id=row.id, hash=head, chained_at=row.at))
        db.session.flush()


def test_the_audit_trails_head_is_logged_where_it_moved_and_rebuilt_by_fsck(grown, platform) -> None:
    seal(grown)
    chain_all()

    assert (audit_trail.log_head(), audit_trail.log_head()) == (1, 0)
    assert notary.process() >= 1
    writer.integrate()

    fields = last_entry()
    count, head = audit_trail.head()
    assert (fields["kind"], fields["count"], fields["hash"]) == ("audit-head", count, head)
    assert list(differences(db.session)) == []


def test_a_changed_audit_row_no_longer_leads_to_the_logged_head(grown, platform) -> None:
    seal(grown)
    chain_all()
    audit_trail.log_head()
    notary.process()
    writer.integrate()
    db.session.execute(text("alter table core_record_entry disable trigger user"))
    db.session.execute(
        text("update core_record_entry set verb = verb || 'x' where id = (select min(id) from core_record_entry)")
    )

    assert [line for line in differences(db.session) if "another head" in line]


def test_before_anything_is_logged_the_head_waits(platform) -> None:
    chain_all()
    audit_trail.log_head()
    notary.process()

    assert db.session.scalar(select(LogEntry.id)) is None
