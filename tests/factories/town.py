"""The town's people by post, and a project taken to any point of its way through the services."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pypdf import PdfWriter

from admin.acceptance import service as acceptance
from admin.acceptance.models import Case
from admin.acceptance.service import Seat
from admin.disclosure import queries as disclosure_queries
from admin.disclosure import service as disclosure
from admin.disclosure.models import Item
from admin.fund import queries as fund_queries
from admin.fund import service as fund
from admin.fund.models import Claim
from admin.project import queries as project_queries
from admin.project import service as project
from admin.project.models import Project
from admin.project.service import NewLine, NewStage
from admin.supervision import service as supervision
from admin.supervision.models import Inspection
from core.account.actor import Actor
from tests.support.people import People

YUAN = 100


def blank_pdf() -> bytes:
    """A PDF of one empty page."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(out)
    return out.getvalue()


PDF = blank_pdf()
EVIDENCE = (
    "open_service", "bookkeeping", "asset_ledger", "expense_list", "vouchers", "invoices", "contract", "schedule", "content",
    "effect", "claim_form",
)  # fmt: skip
POSTS = (
    "commerce_clerk", "finance", "finance:two", "leading_group", "commerce_inspector", "acceptance_chair", "acceptance_member:fin",
    "acceptance_member:rev", "government", "office_head", "office_head:public",
)  # fmt: skip
ANSWERS = {"construction": "与方案一致", "operation": "试运行正常", "funds": "凭证齐全"}


@dataclass
class Town:
    """``town.com`` and the like are actors by post; the undertaker is an invented enterprise."""

    people: People
    clock: Any
    clients: dict[str, Any] = field(default_factory=dict)

    def actor(self, post: str) -> Actor:
        """The actor of a post, made on first use (each post another person)."""
        return self.client(post).actor

    def client(self, post: str) -> Any:
        """The signed-in client of a post."""
        if post not in self.clients:
            role = post.split(":")[0]
            organisation = self.undertaker_id if role in ("owner", "operator") else None
            self.clients[post] = self.people(role, organisation)
        return self.clients[post]

    def hire(self) -> None:
        """Make everybody before a unit of work opens (a new person is committed apart)."""
        self.actor("owner")
        for post in POSTS:
            self.actor(post)

    @property
    def undertaker_id(self) -> int:
        if "undertaker" not in self.clients:
            self.clients["undertaker"] = self.people.organisation(name="临猗示例冷链物流有限公司")
        return int(self.clients["undertaker"])

    def policies(self) -> None:
        """Plan and measures in force (R01)."""
        com = self.actor("commerce_clerk")
        for key, title in (("plan", "实施方案"), ("measures", "专项资金管理办法")):
            project.record_policy(key, title, date(2026, 4, 1), date(2026, 4, 14), "运商字1号", "晋商备1号", com)

    def proposed(self, award: int = 2_000_000 * YUAN, stages: int = 3, **changes: Any) -> Project:
        """A proposed project whose stages share the award equally (the rest in the last)."""
        share = award // stages
        parts = [share] * (stages - 1) + [award - share * (stages - 1)]
        values: dict[str, Any] = {
            "name": "县共同配送中心冷库改造（示例）", "content": "库体改造、制冷设备、运营调试", "performance_target": "日配送 2000 件",
            "responsible_post": "承办企业项目部经理", "undertaker_id": self.undertaker_id, "selection_doc_no": "临商选1号",
            "selection_procedure": "公开招标", "completion_on": date(2027, 1, 31), "award_fen": award, "own_fen": 2_600_000 * YUAN,
            "lines": [NewLine("设备", "制冷设备", award)],
            "stages": [NewStage(f"阶段{n}", part, date(2026, 12, 31)) for n, part in enumerate(parts, 1)],
            "actor": self.actor("commerce_clerk"), **changes,
        }  # fmt: skip
        return project.propose(**values)

    def building(self, award: int = 2_000_000 * YUAN, stages: int = 3) -> Project:
        """A project under construction with its contract, money allocated, and all evidence on file."""
        self.policies()
        row, und = self.proposed(award, stages), self.actor("owner")
        for kind in ("penalty_free", "commitment", *EVIDENCE):
            project.add_evidence(row, kind, kind, und)
        project.review_budget(row, self.actor("finance"))
        project.approve(row, self.actor("leading_group"))
        contract = project.draft_contract(
            row,
            f"HT-{row.project_no}",
            4_600_000 * YUAN,
            True,
            date(2027, 1, 31),
            self.actor("commerce_clerk"),
            upload=(PDF, "合同.pdf"),
        )
        project.confirm_contract(contract, und)
        project.sign_contract(contract, self.actor("commerce_clerk"))
        project.start(row, self.actor("commerce_clerk"))
        fund.allot(f"财建{row.id}号", "乡村e镇专项资金", award, date(2026, 6, 1), self.actor("finance"))
        fund.allocate(row, self.actor("finance"))
        return row

    def inspected(self, row: Project, kind: str = "spot") -> Inspection:
        """A recorded inspection by the inspector."""
        ins = self.actor("commerce_inspector")
        found = supervision.plan(row, kind, self.clock.now().date(), ins)
        supervision.start(found, ins)
        supervision.record_checklist(found, ["site"], ANSWERS, ins)
        return found

    def reported(self, row: Project, month: date) -> None:
        """The undertaker's report of a month."""
        project.submit_report(row, month, 60, "按计划推进", "用于制冷设备", self.actor("owner"))

    def claim(self, row: Project, stage: int = 1, gross: int | None = None) -> Claim:
        """A draft claim with an invoice that covers it."""
        und = self.actor("owner")
        at = project_queries.stage(row.id, stage)
        found = fund.draft_claim(row, stage, gross or at.award_fen, "已完成", und)
        line = project_queries.lines_of(row.id)[0]
        fund.add_invoice(found, f"FP{row.id}-{stage}", found.gross_fen, line.id, und)
        return found

    def group(self) -> list[Seat]:
        """Three members of the three bureaus; the first chairs."""
        posts = ("acceptance_chair", "acceptance_member:fin", "acceptance_member:rev")
        return [
            Seat(self.actor(p).user_id or 0, unit, chair=n == 0)
            for n, (p, unit) in enumerate(zip(posts, ("COM", "FIN", "REV"), strict=True))
        ]

    def evaluated(self, row: Project, stage: int | None = 1, votes: tuple[bool, ...] = (True, True, True)) -> Case:
        """A case that all members have scored."""
        case = acceptance.draft(row, self.actor("owner"), stage_number=stage)
        acceptance.apply(case, self.actor("owner"))
        acceptance.form_group(case, self.group(), self.actor("commerce_clerk"))
        acceptance.accept(case, self.actor("commerce_clerk"))
        chair = self.actor("acceptance_chair")
        acceptance.ready(case, chair, meeting_on=self.clock.now().date(), place="项目现场")
        for seat, vote in zip(
            ("acceptance_chair", "acceptance_member:fin", "acceptance_member:rev"), votes, strict=True
        ):
            acceptance.score(case, self.actor(seat), score=90, approves=vote, no_conflict=True)
        acceptance.inspect(case, chair)
        return case

    def accepted(self, row: Project, stage: int | None = 1) -> Case:
        """A case passed and reviewed by the government."""
        case = self.evaluated(row, stage)
        acceptance.pass_case(case, self.actor("acceptance_chair"), "验收合格")
        acceptance.gov_ok(case, self.actor("government"))
        return case

    def published(self, item: Item) -> Item:
        """The item approved by another person than its drafter."""
        disclosure.submit(item, self.actor("commerce_clerk"))
        disclosure.approve(item, self.actor("office_head:public"), secrecy_checked=True)
        return item

    def in_publicity(self, row: Project, stage: int = 1, gross: int | None = None) -> Claim:
        """A claim whose publicity has just begun."""
        found = self.claim(row, stage, gross)
        self.inspected(row)
        fund.submit(found, self.actor("owner"))
        fund.commerce_ok(found, self.actor("commerce_clerk"))
        self.accepted(row, stage)
        public = disclosure_queries.publicity_of(Claim.__tablename__, found.id)
        assert public is not None
        self.published(public[0])
        fund.publicise(found, self.actor("commerce_clerk"))
        return found

    def paid(self, row: Project, stage: int = 1) -> Claim:
        """A claim paid after its publicity, with the reports that became due."""
        found = self.in_publicity(row, stage)
        public = disclosure_queries.publicity_of(Claim.__tablename__, found.id)
        assert public is not None
        assert public[1].deadline is not None
        self.clock.set(f"{public[1].deadline.date:%Y-%m-%d} 23:59:59")
        self.clock.advance(seconds=1)
        fund.run_timers()
        last = date(self.clock.now().year, self.clock.now().month, 1)
        month = date(last.year - (last.month == 1), 12 if last.month == 1 else last.month - 1, 1)
        if project_queries.report_of(row.id, month) is None:
            self.reported(row, month)
        fund.advise(found, self.actor("office_head"))
        fund.pay(found, self.actor("finance"), bank_ref=f"BK{found.id}")
        return found

    def figures(self, row: Project) -> Any:
        """The project's money from the ledger."""
        return fund_queries.figures(row)


Made = Callable[..., Town]
