"""Rows the demo story does without, made through the services, so that no generated test has nothing to look at."""

from __future__ import annotations

import json
from datetime import date

from flask import Flask
from sqlalchemy import select

from admin.change import service as changes
from admin.intake import service as intake
from admin.intake.rules import INTAKE
from admin.intake.rules_rows import HEADINGS
from admin.lease import service as leases
from admin.support import rules as support_rules
from admin.support import service as support
from brand.certificate import service as certificates
from core.account.actor import Actor
from core.account.models import Membership
from core.account.permissions import registered
from core.account.queries import load_actor
from core.db import db, unit_of_work
from core.notice import service as notices
from core.organisation.queries import get_organisation
from core.ui.tables import to_xlsx
from core.workflow.engine import fire
from tests.factories.certificate import PAPERS
from tests.support.people import invented_uscc
from trace.scan import blocks
from trace.scan.permissions import BLOCK


def _holder(role: str) -> Actor:
    """The first of the story's people who has the role."""
    row = db.session.scalars(select(Membership).where(Membership.role == role).order_by(Membership.id)).first()
    assert row is not None, f"nobody of the story is {role}"
    return load_actor(row.user_id, row.id)


def add(app: Flask) -> None:
    """Afterwards every workflow has a row to be tried on, also those the story's chapters leave out."""
    notes = json.loads((app.config["SETTINGS"].var / "demo.json").read_text("utf-8"))["notes"]
    with app.app_context(), unit_of_work():
        _imports()
        for kind in ("complaint", "advice"):
            notices.open_case(kind, "标签印得不清", "扫了三次才认出来，请看看。", "13900000001")
        blocks.block_code(
            notes["gift_path"],
            _holder(next(r for r in registered()[BLOCK].roles if r != "owner")),
            reason="顾客说标签被揭过",
        )
        owner, clerk, head = _holder("owner"), _holder("office_clerk"), _holder("office_head")
        changes.ask("name", owner, new_name="临猗示例新名合作社", basis="登记机关通知书")
        unit = leases.add_unit(clerk, code="A-101", building="示例楼", area_m2=300, uses=["office"])
        assert owner.organisation_id is not None
        leases.offer(
            unit, clerk, code=get_organisation(owner.organisation_id).code, area_m2=100, starts_on=date(2027, 1, 1),
            ends_on=date(2027, 12, 31), purpose="office", monthly_rent_fen=100_000,
        )  # fmt: skip
        policy = support.publish(
            head, rule=support_rules.Rule("tax", percent_bp=3000), title="示例奖励办法", document="示例文件〔2026〕1 号",
            from_on=date(2026, 1, 1), until_on=date(2026, 12, 31),
        )  # fmt: skip
        support.open_claim(policy, owner, period=support_rules.quarter(2026, 3), stated=1_000_000)
        certificates.enter(owner, kind="sc", **PAPERS["sc"])


def _imports() -> None:
    """One import that wrote a prepared application, and one with a fault that waits."""
    row = [
        "企业",
        "临猗示例续写果业有限公司",
        invented_uscc(990_001),
        "",
        "示例镇",
        "示例村",
        "",
        "示例联系人",
        "19912349999",
        "",
        "",
    ]
    head, clerk = [words[0] for words in HEADINGS.values()], _holder("office_clerk")
    done = intake.upload(to_xlsx(head, [row], "rows"), "名单.xlsx", clerk)
    fire(INTAKE, done, "confirm_all", clerk)
    intake.write(done.id)
    intake.upload(to_xlsx(head, [[*row[:8], "123", "", ""]], "rows"), "名单.xlsx", clerk)
