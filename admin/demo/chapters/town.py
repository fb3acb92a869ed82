"""The institutional part: project, contract, acceptance, publicity, claim, payment, and a finding that blocks the next claim."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import select

from admin.acceptance import service as acceptance
from admin.acceptance.models import Case
from admin.demo import cast
from admin.demo.stage import Stage, sample_picture
from admin.disclosure import service as disclosure
from admin.disclosure.models import Item
from admin.fund import service as fund
from admin.project import queries as projects
from admin.project import service as project
from admin.project.models import Project
from admin.supervision import service as supervision
from core.account.actor import Actor
from core.calendar.service import load_announced
from core.db import db

YUAN = 100
AWARD = 1_000_000 * YUAN
FIRST = 400_000 * YUAN


def calendar(stage: Stage) -> None:
    """Afterwards the announced holidays and make-up days stand in the calendar."""
    with stage.at("2026-09-01 10:00"):
        load_announced()


def policies(stage: Stage) -> None:
    """Afterwards the scheme and the fund measures are public and filed (R01)."""
    with stage.at("2026-09-01 11:00"):
        commerce = _commerce(stage)
        for key, title in (("plan", "乡村e镇培育实施方案"), ("measures", "专项资金管理办法")):
            project.record_policy(
                key, title, date(2026, 8, 17), date(2026, 8, 24), "示例市备〔2026〕1号", "示例省备〔2026〕1号", commerce
            )


def start(stage: Stage) -> None:
    """Afterwards the sample project is approved, under contract and building, and its money is allotted."""
    commerce, firm, finance = _commerce(stage), _firm(stage), stage.actor("finance", cast.FINANCE, "finance")
    with stage.at("2026-09-10 09:00"):
        row = project.propose(
            name="示例共同配送中心改造项目",
            content="改造分拣区，购置冷藏和分拣设备，建成县乡村共同配送中心",
            performance_target="示例：日处理能力 2000 件，单件配送成本下降一成",
            responsible_post="县商务局项目负责人",
            undertaker_id=firm.organisation_id or 0,
            selection_doc_no="示例商〔2026〕3号",
            selection_procedure="公开比选",
            completion_on=date(2026, 12, 20),
            award_fen=AWARD,
            own_fen=1_500_000 * YUAN,
            lines=[
                project.NewLine("5110", "分拣区场地改造", 400_000 * YUAN),
                project.NewLine("5120", "冷藏和分拣设备", 600_000 * YUAN),
            ],
            stages=[
                project.NewStage("场地改造", FIRST, date(2026, 9, 22)),
                project.NewStage("设备安装和试运行", AWARD - FIRST, date(2026, 12, 20)),
            ],
            actor=commerce,
        )
        stage.notes["project"] = row.project_no
        _evidence(row, firm, "penalty_free", "commitment")
    with stage.at("2026-09-10 16:00"):
        project.review_budget(row, finance)
    with stage.at("2026-09-11 10:00"):
        project.approve(row, stage.actor("leading", cast.LEADING, "leading_group"))
    with stage.at("2026-09-11 15:00"):
        sheet = (sample_picture("项目合同（样张）", row.name, cast.UNDERTAKER), "合同.jpg")
        contract = project.draft_contract(row, "示例合〔2026〕3号", AWARD, True, date(2026, 12, 20), commerce, sheet)
        project.confirm_contract(contract, firm)
        project.sign_contract(contract, commerce)
        project.start(row, commerce)
    with stage.at("2026-09-11 16:30"):
        fund.allot("示例财〔2026〕12号", "乡村e镇专项资金", AWARD, date(2026, 9, 11), finance)
        fund.allocate(row, finance)


def accept_first_stage(stage: Stage) -> None:
    """Afterwards the first stage is accepted, reviewed by the county government and its result published."""
    row, firm, commerce = _project(stage), _firm(stage), _commerce(stage)
    inspector = stage.actor("inspector", cast.COMMERCE, "commerce_inspector")
    with stage.at("2026-09-20 10:00"):  # a Sunday that is a working day
        visit = supervision.plan(row, "month", date(2026, 9, 1), inspector)
        supervision.start(visit, inspector)
        supervision.record_checklist(visit, ["site", "files"], _answers(), inspector)
        supervision.no_finding(visit, inspector)
    with stage.at("2026-09-21 09:00"):
        project.submit_report(
            row, date(2026, 9, 1), 40, "场地改造已完工，设备在途", "自筹资金先行支付，未动用专项资金", firm
        )
        _evidence(
            row, firm, "expense_list", "vouchers", "invoices", "contract", "schedule", "content", "effect", "open_service",
            "bookkeeping", "asset_ledger", "claim_form", stage_number=1,
        )  # fmt: skip
        case = acceptance.draft(row, firm, stage_number=1)
        acceptance.apply(case, firm)
    _group_passes(stage, case)
    with stage.at("2026-09-24 16:00"):
        acceptance.gov_ok(case, stage.actor("government", cast.GOVERNMENT, "government"))
    with stage.at("2026-09-28 09:00"):
        publish_notice(stage, case)
        acceptance.publicise(case, commerce)


def _group_passes(stage: Stage, case: Case) -> None:
    commerce = _commerce(stage)
    chair = stage.actor("chair", cast.ACCEPTANCE, "acceptance_chair")
    members = [chair] + [stage.actor(who, cast.ACCEPTANCE, "acceptance_member") for who in ("member", "member2")]
    with stage.at("2026-09-22 09:00"):
        seats = [
            acceptance.Seat(m.user_id or 0, unit, chair=m is chair)
            for m, unit in zip(members, ("COM", "FIN", "REV"), strict=True)
        ]
        acceptance.form_group(case, seats, commerce)
        acceptance.accept(case, commerce)
        acceptance.ready(case, chair, meeting_on=date(2026, 9, 23), place="项目现场")
    with stage.at("2026-09-23 15:00"):
        for member, points in zip(members, (92, 90, 88), strict=True):
            acceptance.score(case, member, score=points, approves=True, no_conflict=True, note="与合同一致")
        acceptance.inspect(case, chair)
        acceptance.pass_case(case, chair, "场地改造与合同、方案一致，材料齐全，同意通过阶段验收。")


def pay_first_stage(stage: Stage) -> None:
    """Afterwards the first stage is paid less 10 %, after five working days of publicity over the October holiday."""
    row, firm, commerce = _project(stage), _firm(stage), stage.actor("commerce2", cast.COMMERCE, "commerce_clerk")
    with stage.at("2026-09-28 14:00"):
        claim = fund.draft_claim(row, 1, FIRST, "场地改造完成，通过阶段验收", firm)
        line = projects.lines_of(row.id)[0]
        invoice = (sample_picture("发票（样张）", "场地改造", "400,000.00 元"), "发票.jpg")
        fund.add_invoice(claim, "DEMO-0001", FIRST, line.id, firm, upload=invoice)
        fund.submit(claim, firm)
    with stage.at("2026-09-29 10:00"):
        fund.commerce_ok(claim, commerce)
    with stage.at("2026-09-30 09:00"):
        notice = publish_notice(stage, claim)
        fund.publicise(claim, commerce)
    with stage.at("2026-10-09 10:00"):
        objection = disclosure.receive_opinion(
            notice, "objection", "分拣区改造面积和公示的对不上，请说明。", "", stage.actor("buyer")
        )
    with stage.at("2026-10-10 15:00"):  # a Saturday that is a working day
        disclosure.answer(objection, "公示面积含装卸平台 120 平方米，施工图和验收记录已在项目现场备查。", commerce)
    with stage.at("2026-10-14 09:00"):  # 30 September + 5 working days = 13 October
        fund.run_timers()
        fund.advise(claim, stage.actor("director", cast.OFFICE, "office_head"))
    with stage.at("2026-10-15 10:00"):
        fund.pay(claim, stage.actor("finance", cast.FINANCE, "finance"), bank_ref="示例拨付20261015001")
    with stage.at("2026-10-16 09:00"):
        fund.confirm_receipt(claim, firm, bank_ref="示例拨付20261015001")
    stage.notes["claim"] = claim.claim_no


def finding(stage: Stage) -> None:
    """Afterwards an October inspection left an open finding, and the next claim shows every unmet rule."""
    row, firm = _project(stage), _firm(stage)
    inspector = stage.actor("inspector", cast.COMMERCE, "commerce_inspector")
    with stage.at("2026-10-20 10:00"):
        project.submit_report(row, date(2026, 10, 1), 55, "设备到货七成", "10月15日收到拨款，支付场地改造尾款", firm)
        visit = supervision.plan(row, "month", date(2026, 10, 1), inspector)
        supervision.start(visit, inspector)
        answers = {**_answers(), "operation": "分拣机一台到货后未安装，堆放在库房。"}
        supervision.record_checklist(visit, ["site", "talk"], answers, inspector)
        supervision.raise_finding(visit, "分拣机一台到货 20 天未安装，设备闲置。", "中", inspector)
    with stage.at("2026-10-21 11:00"):
        supervision.state_case(visit, "厂家安装人员改期，已约定 11 月安装。", firm)
    with stage.at("2026-10-27 09:00"):
        found = supervision.confirm(visit, inspector)
    with stage.at("2026-10-28 10:00"):
        supervision.issue_notice(found, "示例商改〔2026〕1号", date(2026, 12, 15), date(2026, 10, 28), _commerce(stage))
    with stage.at("2026-11-10 09:00"):
        fund.draft_claim(row, 2, AWARD - FIRST, "设备安装中", firm)


def progress_notice(stage: Stage) -> None:
    """Afterwards the month's progress stands in the public column."""
    commerce = _commerce(stage)
    with stage.at("2026-11-02 09:00"):
        item = disclosure.draft(
            "progress", "示例共同配送中心改造项目 10 月进度", "场地改造完成，设备到货七成。", commerce
        )
        _publish_item(stage, item)


CHAPTERS: list[tuple[str, Callable[[Stage], None]]] = [
    ("calendar", calendar),
    ("policies", policies),
    ("project", start),
    ("acceptance", accept_first_stage),
    ("fund", pay_first_stage),
    ("finding", finding),
    ("disclosure", progress_notice),
]


def _commerce(stage: Stage) -> Actor:
    return stage.actor("commerce", cast.COMMERCE, "commerce_clerk")


def _firm(stage: Stage) -> Actor:
    return stage.actor("undertaker", cast.UNDERTAKER, "owner")


def _project(stage: Stage) -> Project:
    row = db.session.scalar(select(Project).where(Project.project_no == stage.notes["project"]))
    assert row is not None
    return row


def _answers() -> dict[str, str]:
    return {"construction": "与方案、合同一致。", "operation": "尚在建设。", "funds": "专账核算，票据齐全。"}


def _evidence(row: Project, firm: Actor, *kinds: str, stage_number: int | None = None) -> None:
    from admin.project.rules import EVIDENCE_KINDS

    for kind in kinds:
        title = EVIDENCE_KINDS[kind]
        sheet = (sample_picture(f"{title}（样张）", row.name), f"{kind}.jpg")
        project.add_evidence(row, kind, title, firm, stage_number=stage_number, note="演示样张", upload=sheet)


def publish_notice(stage: Stage, subject: Any) -> Item:
    """The notice that was drafted by itself is checked and published by another person."""
    item = db.session.scalar(
        select(Item)
        .where(Item.subject_table == subject.__tablename__, Item.subject_id == subject.id)
        .order_by(Item.id.desc())
        .limit(1)
    )
    assert item is not None
    _publish_item(stage, item)
    return item


def _publish_item(stage: Stage, item: Item) -> None:
    disclosure.submit(item, _commerce(stage))
    disclosure.approve(item, stage.actor("director", cast.OFFICE, "office_head"), secrecy_checked=True)
    disclosure.run_timers()
