"""A licence from the draft to its end, on the real database."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from brand.licence import queries, rules, service
from brand.licence.errors import LicenceNotFound, NotEditable
from core import clock as core_clock
from core import hooks, notary
from core.db import db, translate
from core.errors import BadInput, Denied, InvalidMove, RuleBroken
from core.file.models import StoredFile
from core.file.queries import read_bytes
from core.notice.models import Message
from core.record.models import AuditRow
from tests.factories import brand as make


@pytest.fixture
def cast(session: Any, as_user: Any, clock: Any) -> SimpleNamespace:
    """The people of a case, with the matrix laid out."""
    people = SimpleNamespace(
        owner=as_user("owner").actor,
        rival=as_user("owner").actor,
        clerk=as_user("brand_clerk").actor,
        decider=as_user("brand_decider").actor,
    )
    make.make_matrix(people.clerk)
    return people


def test_a_complete_case_becomes_a_licence_with_number_term_document_and_request_for_signing(cast: Any) -> None:
    licence = make.make_licence(cast.owner, cast.clerk, cast.decider)
    assert licence.state == "licensed"
    assert licence.licence_no == "猗品授〔2026〕0001号"
    assert (licence.valid_from, licence.valid_until) == (date(2026, 11, 20), date(2027, 11, 19))
    request = notary.outcome_for(str(licence.public_id), "licence")
    assert request is not None
    assert request.body["credentialSubject"]["licenceNo"] == licence.licence_no
    assert request.body["validUntil"] == "2027-11-19T16:00:00Z"
    file = db.session.get(StoredFile, licence.document_file_id)
    assert file is not None
    assert read_bytes(file).startswith(b"%PDF")
    told = db.session.scalars(select(Message.title).where(Message.organisation_id == cast.owner.organisation_id)).all()
    assert f"已授权：{licence.licence_no}" in told
    assert db.session.scalar(select(AuditRow).where(AuditRow.verb == "licence.approved")) is not None


def test_numbers_have_no_gap_where_an_approval_failed(cast: Any) -> None:
    licence = make.screened(cast.owner, cast.clerk)
    with pytest.raises(RuleBroken), db.session.begin_nested():
        service.approve(licence, cast.decider, valid_until=date(2020, 1, 1))
    assert service.approve(licence, cast.decider).licence_no == "猗品授〔2026〕0001号"
    second = make.make_licence(cast.rival, cast.clerk, cast.decider)
    assert second.licence_no == "猗品授〔2026〕0002号"


def test_sending_too_early_lists_everything_missing_as_explained_before(cast: Any) -> None:
    licence = service.open_application(cast.owner, make.matrix.by_key("linyi-apple").id)
    explained = [u.rule for u in service.missing(licence, cast.owner)]
    with pytest.raises(RuleBroken) as refused:
        service.submit(licence, cast.owner)
    assert [u.rule for u in refused.value.unmet] == explained == ["PP-03", "PP-04", "PP-08", "PP-09"]
    assert licence.state == "draft"


def test_a_brand_of_another_species_is_refused(cast: Any) -> None:
    licence = make.make_application(cast.owner, brand="linyi-winter-jujube")
    service.accept_rules(licence, cast.owner)
    assert [u.rule for u in service.missing(licence, cast.owner)] == ["PP-06"]


def test_who_screened_cannot_approve_even_with_both_roles(cast: Any, as_user: Any) -> None:
    from dataclasses import replace

    both = replace(
        cast.decider, user_id=cast.clerk.user_id, permissions=cast.clerk.permissions | cast.decider.permissions
    )
    licence = make.screened(cast.owner, cast.clerk)
    with pytest.raises(RuleBroken) as refused:
        service.approve(licence, both)
    assert [u.rule for u in refused.value.unmet] == ["brand.licence.approve.four_eyes"]


def test_a_refusal_keeps_its_reasons_and_gives_no_number(cast: Any) -> None:
    licence = make.submitted(cast.owner)
    service.advise_against(licence, cast.clerk, "基地证明与实地不符。")
    with pytest.raises(RuleBroken):
        service.refuse(licence, cast.decider, " ", grounds=["origin"])
    service.refuse(licence, cast.decider, "基地证明所写地块不在县内，不符合使用条件。", grounds=["origin"])
    assert licence.state == "refused"
    assert licence.licence_no is None
    last = db.session.scalar(
        select(Message).where(Message.organisation_id == cast.owner.organisation_id).order_by(Message.id.desc())
    )
    assert last is not None
    assert "不在县内" in last.body
    with pytest.raises(InvalidMove):
        service.approve(licence, cast.decider)


def test_only_ticked_rows_are_licensed(cast: Any) -> None:
    licence = make.screened(cast.owner, cast.clerk, specifications=("apple-80", "apple-75"))
    first, second = licence.scope
    service.approve(licence, cast.decider, rows=[first.id])
    assert (first.status, second.status) == ("granted", "declined")
    org = cast.owner.organisation_id
    assert queries.licence_for(org, "fuji", "fresh", "apple-80") is not None
    assert queries.licence_for(org, "fuji", "fresh", "apple-75") is None
    assert queries.licence_for(cast.rival.organisation_id, "fuji", "fresh", "apple-80") is None
    assert queries.licence_for(org, "gala", "fresh", "apple-80") is None


@pytest.mark.parametrize(
    ("on", "covered"),
    [(date(2026, 11, 19), False), (date(2026, 11, 20), True), (date(2027, 11, 19), True), (date(2027, 11, 20), False)],
)
def test_coverage_is_by_date_whatever_the_stored_state(cast: Any, on: date, covered: bool) -> None:
    make.make_licence(cast.owner, cast.clerk, cast.decider)
    found = queries.licence_for(cast.owner.organisation_id, "fuji", "fresh", "apple-80", on)
    assert (found is not None) is covered


@pytest.mark.parametrize(
    ("moment", "state"),
    [("2027-11-19 23:59:59", "licensed"), ("2027-11-20 00:00:00", "expired"), ("2027-11-21 08:00:00", "expired")],
)
def test_the_system_writes_the_end_down_at_midnight_after_the_last_day(
    cast: Any, clock: Any, moment: str, state: str
) -> None:
    licence = make.make_licence(cast.owner, cast.clerk, cast.decider)
    clock.set(moment)
    assert service.expire_due(core_clock.now()) == (state == "expired")
    assert licence.state == state
    assert service.expire_due(core_clock.now()) == 0


def test_a_withdrawal_ends_it_at_once_logs_it_and_tells_the_upper_floors(cast: Any) -> None:
    heard: list[dict[str, Any]] = []

    def listen(**told: Any) -> None:
        heard.append(told)

    licence = make.make_licence(cast.owner, cast.clerk, cast.decider)
    with hooks.licence_changed.only(listen):
        service.withdraw(licence, cast.decider, "超范围使用，经核查属实。")
    assert queries.licence_for(cast.owner.organisation_id, "fuji", "fresh", "apple-80") is None
    assert queries.view(licence).state == "withdrawn"
    assert [(h["licence_id"], h["state"]) for h in heard] == [(licence.id, "withdrawn")]
    request = notary.outcome_for(str(licence.public_id), "licence-withdrawal")
    assert request is not None
    assert len(request.body["digest"]) == 64


def test_a_second_licence_for_the_same_product_is_refused_while_the_first_holds(cast: Any, clock: Any) -> None:
    first = make.make_licence(cast.owner, cast.clerk, cast.decider)
    again = make.make_application(cast.owner)
    service.accept_rules(again, cast.owner)
    assert [u.rule for u in service.missing(again, cast.owner)] == ["PP-13"]
    service.withdraw(first, cast.decider, "企业申请换证。")
    assert service.missing(again, cast.owner) == []


def test_the_database_refuses_two_live_grants_of_one_product_whatever_the_code_does(cast: Any) -> None:
    make.make_licence(cast.owner, cast.clerk, cast.decider)
    copy = text(
        "insert into brand_licence_licence (public_id, created_at, updated_at, case_no, brand_id, organisation_id, state, version, note,"
        " rules_version, ended_reason, kind, conditions, grounds) select gen_random_uuid(), now(), now(), 'SQ-X', brand_id,"
        " organisation_id, 'screened', 1, '', '1', '', 'new', '', '' from brand_licence_licence limit 1 returning id"
    )
    second = db.session.scalar(copy)
    grant = text(
        "insert into brand_licence_scope (licence_id, organisation_id, brand_id, variety, form, specification, yearly_grams, status,"
        " valid_from, valid_until) select :l, organisation_id, brand_id, variety, form, specification, 1, 'granted', valid_from,"
        " valid_until from brand_licence_scope limit 1"
    )
    with pytest.raises(IntegrityError) as refused, db.session.begin_nested():
        db.session.execute(grant, {"l": second})
    told = translate(refused.value)
    assert told is not None
    assert told.code == "licence.overlap"


@pytest.mark.parametrize("change", ["yearly_grams = 1", "variety = 'gala'", "valid_until = valid_until + 400"])
def test_a_granted_row_cannot_be_changed_in_the_database(cast: Any, change: str) -> None:
    make.make_licence(cast.owner, cast.clerk, cast.decider)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(text(f"update brand_licence_scope set {change}"))
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(text("delete from brand_licence_scope"))


def test_a_sent_application_cannot_be_edited_until_it_is_returned(cast: Any) -> None:
    licence = make.submitted(cast.owner)
    with pytest.raises(NotEditable):
        service.remove_row(licence, cast.owner, licence.scope[0].id)
    service.return_for_mending(licence, cast.clerk, "检测报告缺页。")
    make.add_evidence(licence, cast.owner, "test_report", issued_on=core_clock.today())
    service.submit(licence, cast.owner)
    assert licence.state == "submitted"


def test_another_organisation_finds_nothing_and_changes_nothing(cast: Any) -> None:
    licence = make.submitted(cast.owner)
    with pytest.raises(LicenceNotFound):
        queries.licence_for_actor(licence.public_id, cast.rival)
    with pytest.raises(LicenceNotFound):
        service.remove_row(licence, cast.rival, licence.scope[0].id)
    with pytest.raises(LicenceNotFound):
        service.abandon(queries.licence_for_actor(licence.public_id, cast.rival), cast.rival)


def test_a_draft_is_not_shown_to_the_office(cast: Any) -> None:
    licence = make.make_application(cast.owner)
    with pytest.raises(LicenceNotFound):
        queries.licence_for_actor(licence.public_id, cast.clerk)


def test_the_office_cannot_apply_and_the_applicant_cannot_decide(cast: Any) -> None:
    with pytest.raises(Denied):
        service.open_application(cast.clerk, make.matrix.by_key("linyi-apple").id)
    licence = make.screened(cast.owner, cast.clerk)
    with pytest.raises(RuleBroken) as refused:
        service.approve(licence, cast.owner)
    assert "brand.licence.approve.permission" in [u.rule for u in refused.value.unmet]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"MZ\x90\x00 this is a program", "photo.jpg"),
        (b"%PDF-1.7 broken", "report.pdf"),
        (b"", "empty.png"),
        (b"<svg onload=alert(1)>", "a.jpg"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(cast: Any, data: bytes, name: str) -> None:
    licence = make.make_application(cast.owner)
    from core.errors import DomainError

    with pytest.raises(DomainError) as refused:
        service.add_evidence(licence, cast.owner, kind="base", stream=data, filename=name)
    assert refused.value.status in (400, 413, 415, 422)
    assert len(licence.evidence) == 3


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"variety": "banana"}, "variety"),
        ({"form": "juice"}, "form"),
        ({"specification": "jujube-large"}, "specification"),
        ({"yearly_grams": 0}, "yearly_grams"),
        ({"yearly_grams": -5}, "yearly_grams"),
        ({"yearly_grams": 10**12}, "yearly_grams"),
        ({"area_m2": 0}, "area_m2"),
        ({"specification": "apple-80"}, "specification"),
    ],
)
def test_rows_of_wrong_words_or_amounts_are_refused_at_their_field(
    cast: Any, values: dict[str, Any], field: str
) -> None:
    licence = make.make_application(cast.owner)
    given = {"variety": "fuji", "form": "fresh", "specification": "apple-75", "yearly_grams": 1000} | values
    with pytest.raises(BadInput) as refused:
        service.add_row(licence, cast.owner, **given)
    assert refused.value.field == field


def test_evidence_dated_in_the_future_or_ending_before_it_began_is_refused(cast: Any) -> None:
    licence = make.make_application(cast.owner)
    with pytest.raises(BadInput):
        make.add_evidence(licence, cast.owner, "test_report", issued_on=core_clock.today() + timedelta(days=1))
    with pytest.raises(BadInput):
        make.add_evidence(licence, cast.owner, "base", issued_on=date(2026, 1, 2), valid_until=date(2026, 1, 1))


def test_the_state_column_is_written_by_the_engine_only(cast: Any) -> None:
    licence = make.submitted(cast.owner)
    with pytest.raises(RuntimeError):
        licence.state = "licensed"
    assert rules.LICENCE.initial == "draft"


def test_the_daily_task_lets_licences_expire(cast: Any, clock: Any) -> None:
    from core.job.service import PERIODIC, TASKS

    licence = make.make_licence(cast.owner, cast.clerk, cast.decider)
    clock.set("2027-11-20 00:02:00")
    TASKS["licence.expire"]()
    assert licence.state == "expired"
    assert PERIODIC["licence.expire"] == "2 16 * * *"  # UTC: 00:02 in Shanghai
