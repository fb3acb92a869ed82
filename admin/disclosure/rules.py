"""B11 as a table, and what a publicity period means (R61-R65; 资金办法 §4, §12.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from admin.disclosure.rules_policy import DisclosureTerms
from core.calendar.rules import Deadline, StripDay, has_ended
from core.errors import Unmet
from core.workflow.table import Move, State, Workflow

PURPOSE = "publicity"

KINDS: dict[str, str] = {
    "plan": "培育方案",
    "development": "发展规划",
    "progress": "建设进度",
    "funds": "资金分配与使用",
    "acceptance": "验收情况",
    "publicity": "拨付公示",
}
COLUMN_ALIASES = ("临猗新城涑水e镇", "综合示范", "乡村e镇")
OPINION_KINDS = {"opinion": "意见", "objection": "异议"}


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What the moves of a public item are decided on; None means: asked together with the click."""

    kind: str
    title: str
    body: str
    days: int
    secrecy_checked: bool | None = None
    new_body: str | None = None
    terms: DisclosureTerms = field(default_factory=DisclosureTerms)


@dataclass(frozen=True, slots=True)
class PublicityFacts:
    """A publicity period as payment gates see it."""

    published_on: date | None
    deadline: Deadline | None
    open_objections: int
    withdrawn: bool = False

    def ended(self, today: date) -> bool:
        """Whether 24:00 of the last day has passed (a provisional day does not end)."""
        return self.deadline is not None and not self.withdrawn and has_ended(self.deadline, today)


def complete_text(facts: ItemFacts) -> list[Unmet]:
    """A draft has a title and a text, and a publicity lasts at least the town's working days, five or more (C12)."""
    found = []
    if not facts.title.strip() or not facts.body.strip():
        found.append(Unmet("R61", "公开稿还没有写完标题和正文。", "A§7", "补全后再提交。", "起草人"))
    least = facts.terms.publicity_wd
    if facts.kind == "publicity" and facts.days < least:
        said = f"公示不少于{least}个工作日，现在是{facts.days}个。"
        found.append(Unmet("R63", said, "F§12.3", f"改为 {least} 个或更多。", "起草人"))
    return found


def secrecy_checked(facts: ItemFacts) -> list[Unmet]:
    """Approval includes the 保密审查 tick."""
    if facts.secrecy_checked is None or facts.secrecy_checked:
        return []
    return [
        Unmet(
            "R61",
            "发布前要确认已做保密审查，公开稿不含个人电话、证件号和银行账号。",
            "A§7",
            "核对后勾选“已做保密审查”。",
            "审核人",
        )
    ]


def really_changed(facts: ItemFacts) -> list[Unmet]:
    """A correction changes the text; it restarts the clock."""
    if facts.new_body is None or facts.new_body.strip() not in ("", facts.body.strip()):
        return []
    return [Unmet("R63", "更正稿和原文相同。", "F§12.3", "写明更正后的正文；公示期会从更正次日重新计算。", "起草人")]


def publicity_unmet(facts: PublicityFacts | None, today: date) -> list[Unmet]:
    """R16, R63, R64: why money may not move yet as far as the publicity goes (every reason)."""
    if facts is None or facts.published_on is None or facts.deadline is None:
        return [Unmet("R16", "还没有在县政府网站发布公示。", "F§12.3", "起草公示稿并由另一人审核发布。", "县商务局")]
    found = []
    if facts.withdrawn:
        found.append(Unmet("R63", "公示已撤回。", "F§12.3", "重新发布公示，期限重新计算。", "县商务局"))
    elif not facts.ended(today):
        found.append(
            Unmet(
                "R16",
                f"公示期未满，应至{facts.deadline.date.month}月{facts.deadline.date.day}日24:00。",
                "F§12.3",
                "期满次日自动放行。",
                "系统",
            )
        )
    if facts.deadline.provisional:
        found.append(
            Unmet(
                "A10", f"公示截止日是{facts.deadline.note}。", "F§12.3", "录入并确认放假安排后自动重算。", "e镇办公室"
            )
        )
    if facts.open_objections:
        found.append(
            Unmet(
                "R64",
                f"有{facts.open_objections}条异议未办结，不得拨付。",
                "F§12.3",
                "书面答复后方可关闭。",
                "县商务局",
            )
        )
    return found


def window_open(facts: PublicityFacts, today: date) -> bool:
    """Whether opinions and objections are taken: from publication to 24:00 of the last day (R65)."""
    return (
        facts.published_on is not None
        and not facts.withdrawn
        and facts.deadline is not None
        and today <= facts.deadline.date
    )


def strip_cells(days: Sequence[StripDay], count: int, today: date) -> list[dict[str, str]]:
    """The strip as cells: start, counted days, folded holidays, the last day, and the first day money may move."""
    cells: list[dict[str, str]] = []
    run: list[StripDay] = []
    for place, day in enumerate(days):
        if not day.is_work and place:
            run.append(day)
            continue
        if run:
            cells.append(_folded(run))
            run = []
        cells.append(_cell(day, place, count, today))
    return cells


def _folded(run: Sequence[StripDay]) -> dict[str, str]:
    first, last = run[0], run[-1]
    label = f"{first.day:%m-%d}" if first is last else f"{first.day:%m-%d} 至 {last.day:%m-%d}"
    holiday = any(d.kind == "holiday" for d in run)
    kind = "off" if all(d.settled for d in run) else "provisional"
    return {"label": label, "note": "放假，不计" if holiday else "休", "kind": kind}


def _cell(day: StripDay, place: int, count: int, today: date) -> dict[str, str]:
    label = f"{day.day:%m-%d} 周{'一二三四五六日'[day.day.weekday()]}" if place == 0 else f"{day.day:%m-%d}"
    if place == 0:
        return {"label": label, "note": "公示，不计", "kind": "plain"}
    if day.number > count:
        return {
            "label": label,
            "note": "可拨" if day.settled else "可拨，暂定",
            "kind": "open" if day.settled else "provisional",
        }
    note = str(day.number) + (" 补班" if day.kind == "makeup" else "")
    if day.number == count:
        note += " 截止"
    if not day.settled:
        return {"label": label, "note": note + " 暂定", "kind": "provisional"}
    if day.day == today:
        return {"label": label, "note": f"今天 {day.number}", "kind": "today"}
    if day.day < today:
        return {"label": label, "note": f"✓ {note}", "kind": "done"}
    return {"label": label, "note": note, "kind": "last" if day.number == count else "plain"}


ITEM = Workflow(
    key="admin.disclosure",
    label="公开发布",
    article="验收制度 §7",
    states=[
        State("draft", "草稿", "todo"),
        State("reviewing", "待审核", "busy"),
        State("scheduled", "已核准，待发布", "busy"),
        State("published", "已发布", "ok"),
        State("withdrawn", "已撤回", "bad", final=True),
    ],
    initial="draft",
    moves=[
        Move("submit", "提交审核", ["draft"], "reviewing", "admin.disclosure.draft", guards=[complete_text], who="起草人"),
        Move("return", "退回修改", ["reviewing"], "draft", "admin.disclosure.approve", reason=True, not_same_person_as=["submit"], who="审核人"),
        Move("approve", "核准发布", ["reviewing"], "scheduled", "admin.disclosure.approve", guards=[complete_text, secrecy_checked],
             not_same_person_as=["submit"], who="起草人以外的审核人"),
        Move("publish", "发布", ["scheduled"], "published", None, by="system"),
        Move("correct", "发布更正", ["published"], "published", "admin.disclosure.approve", guards=[really_changed], reason=True,
             not_same_person_as=["submit"], irreversible=True, who="审核人"),
        Move("withdraw", "撤回", ["published"], "withdrawn", "admin.disclosure.approve", reason=True, irreversible=True, who="审核人"),
    ],
)  # fmt: skip

OPINION = Workflow(
    key="admin.opinion",
    label="意见和异议",
    article="资金办法 §4",
    states=[State("received", "待答复", "todo"), State("answered", "已书面答复", "ok", final=True)],
    initial="received",
    moves=[
        Move("answer", "书面答复", ["received"], "answered", "admin.disclosure.answer", reason=True, who="县商务局"),
    ],
)
