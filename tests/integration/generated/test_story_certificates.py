"""The certificates of the told story: each way a certificate can stand has one, and no number in it can be anybody's."""

from __future__ import annotations

import json
import re
import uuid
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from brand.certificate import queries, rules
from brand.certificate.models import CertificateReminder, MarkCertificate
from brand.misuse.models import MisuseCase, MisuseFinding
from core.account.models import Membership
from core.db import db
from tests.support.applications import Client
from trace.lot.models import Lot

DAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def notes(story: Flask) -> dict[str, Any]:
    return dict(json.loads((story.config["SETTINGS"].var / "demo.json").read_text("utf-8"))["notes"])


def _noted(notes: dict[str, Any], key: str) -> MarkCertificate:
    row = db.session.scalar(select(MarkCertificate).where(MarkCertificate.public_id == uuid.UUID(notes[key])))
    assert row is not None
    return row


@pytest.mark.parametrize(
    ("key", "standing"),
    [
        ("certificate", "live"),
        ("certificate_ending", "soon"),
        ("certificate_ended", "expired"),
        ("certificate_returned", "returned"),
        ("certificate_waiting", "submitted"),
    ],
)
def test_each_way_to_stand_has_a_certificate(story: Flask, notes: dict[str, Any], key: str, standing: str) -> None:
    with story.app_context():
        row = _noted(notes, key)

        assert rules.standing(row.state, row.valid_from, row.valid_until, DAY).key == standing


def test_no_number_of_the_story_can_be_somebody_s(story: Flask) -> None:
    with story.app_context():
        rows = db.session.scalars(select(MarkCertificate).where(MarkCertificate.state != "draft")).all()

        assert len(rows) >= 6
        for row in rows:
            assert "示例" in row.issuer
            for text in filter(None, (row.number, row.company_code)):
                assert "示例" in text or re.search(r"^(LB-00-|GF000000|0000OP|SC1\d\d0000000000)", text), text
            assert row.kind not in ("agri_gi", "gi_mark"), "no geographical indication of the county was found"


def test_a_look_up_of_the_story_names_day_and_person_and_says_that_no_real_register_was_asked(
    story: Flask, notes: dict[str, Any]
) -> None:
    with story.app_context():
        check = _noted(notes, "certificate").checks[-1]
        post = db.session.scalar(select(Membership).where(Membership.user_id == check.user_id))

        assert (check.outcome, check.checked_on) == ("matches", date(2026, 9, 23))
        assert post is not None
        assert post.role == "brand_clerk"
        assert "演示" in check.register


def test_the_apples_carry_the_mark_and_count_against_its_year(story: Flask, notes: dict[str, Any]) -> None:
    with story.app_context():
        row = _noted(notes, "certificate")
        lot = db.session.scalar(select(Lot).where(Lot.public_id == uuid.UUID(notes["apple_lot"])))
        assert lot is not None
        marks = queries.marks_of_lot(lot.public_id, variety="red-fuji", form="fresh", on=DAY)
        used = queries.used_grams([row.products[0].id])

        assert [(m.line, m.ended) for m in marks] == [("绿色食品 GF000000260000", "")]
        assert used[(row.products[0].id, row.valid_from)] >= lot.pieces * 5_000


def test_the_firm_was_reminded_before_the_end(story: Flask, notes: dict[str, Any]) -> None:
    with story.app_context():
        asked = select(CertificateReminder.days).where(
            CertificateReminder.certificate_id == _noted(notes, "certificate_ended").id
        )

        assert sorted(db.session.scalars(asked)) == [7, 30, 90]


def test_words_that_outlived_the_certificate_are_a_case_and_a_finding_of_the_class_overdue(
    story: Flask, notes: dict[str, Any]
) -> None:
    with story.app_context():
        case = db.session.scalar(select(MisuseCase).where(MisuseCase.public_id == uuid.UUID(notes["overdue_case"])))
        assert case is not None
        found = db.session.scalars(select(MisuseFinding).where(MisuseFinding.mark == "organic")).all()

        assert (case.misuse, case.state) == ("expired", "noticed")
        assert {(f.misuse, f.case_id == case.id) for f in found} == {("expired", True), ("expired", False)}


def test_the_public_page_of_a_certificate_is_english_where_english_is_asked(
    story: Flask, notes: dict[str, Any]
) -> None:
    page = Client(story).get(f"/certificate/{notes['certificate']}?lang=en").get_data(as_text=True)

    assert "Green Food" in page
    assert "Red Fuji, fresh fruit" in page
    assert "as stated in the register" in page
    shown = page.split("</header>")[1].split("<footer")[0].replace("示例绿色食品机构", "")
    assert not re.search("绿色食品|红富士|与登记一致|已核对", shown)
