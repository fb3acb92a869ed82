"""Numbers of the town: one changed by two people and in force, one turned down with a reason, one waiting for a decision."""

from __future__ import annotations

from datetime import date, timedelta

from admin.demo import cast
from admin.demo.stage import Stage
from core import clock
from core.policy import service


def tell(stage: Stage) -> None:
    """Afterwards progress reports are due on the 8th from November on, and the time for statements stays as it was."""
    clerk = stage.actor("office", cast.OFFICE, "office_clerk")
    bureau = stage.actor("commerce", cast.COMMERCE, "commerce_clerk")
    head = stage.actor("director", cast.OFFICE, "office_head")
    with stage.at("2026-10-12 09:40"):
        later = service.propose(
            "project.report_day", "8", date(2026, 11, 1), clerk,
            reason="每月月初先对账，5 日前报不齐资金使用情况。改为 8 日，企业一次报全，不用补。",
            document="示例：e镇办公室办公会议纪要〔2026〕9 号，2026年10月9日",
        )  # fmt: skip
    with stage.at("2026-10-12 15:20"):
        service.decide(later, "approve", head)
    with stage.at("2026-10-13 10:05"):
        shorter = service.propose(
            "supervision.statement_wd", "1", date(2026, 11, 1), bureau, reason="检查发现问题后想早一点下整改通知，加快办理。",
            document="示例：商务局检查组建议，2026年10月12日",
        )  # fmt: skip
    with stage.at("2026-10-14 09:00"):
        service.decide(
            shorter, "refuse", head, reason="一个工作日不够企业找凭证和说明。陈述时间不缩短，急的可以先口头告知。"
        )


def asked(stage: Stage) -> None:
    """Afterwards a proposal waits for the head of the office: answers to what is sent in, from the month after next on."""
    clerk = stage.actor("office", cast.OFFICE, "office_clerk")
    coming = clock.today().replace(day=1) + timedelta(days=62)
    service.propose(
        "notice.answer_wd", "10", coming.replace(day=1), clerk,
        reason="多数来件一周内能查清，15 个工作日偏长，扫码投诉的买家等得急。",
        document="示例：e镇办公室来件月度小结，2026年10月",
    )  # fmt: skip


CHAPTERS = [("policy", tell)]
LAST = [("policy-waiting", asked)]
