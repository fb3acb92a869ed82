"""The workflow of an import (pure)."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import Unmet
from core.workflow.table import Move, State, Workflow

IMPORT, VIEW, TAKE = (f"admin.intake.{v}" for v in ("import", "view", "take"))
CLERK = "经办人"


@dataclass(frozen=True, slots=True)
class ImportFacts:
    """How many rows may be written and how many have a fault, read from the file under the row lock."""

    good: int = 0
    bad: int = 0
    at_office: bool = True


def at_office(facts: ImportFacts) -> list[Unmet]:
    """Only the e-town office imports."""
    if facts.at_office:
        return []
    return [Unmet("DR-01", "批量导入由e镇办公室办理。", help="请换成e镇办公室的身份。", who=CLERK)]


def all_sound(facts: ImportFacts) -> list[Unmet]:
    """All rows are written or none."""
    if facts.good and not facts.bad:
        return []
    if not facts.good:
        return [Unmet("DR-02", "没有可以导入的行。", help="照下面写的改好表格，再传一次。", who=CLERK)]
    return [Unmet("DR-03", f"还有 {facts.bad} 行有问题。", help="改好再传，或者只导入没有问题的行。", who=CLERK)]


def some_sound(facts: ImportFacts) -> list[Unmet]:
    """At least one row may be written; who leaves rows out says so by this button."""
    if facts.good:
        return []
    return [Unmet("DR-02", "没有可以导入的行。", help="照下面写的改好表格，再传一次。", who=CLERK)]


INTAKE = Workflow(
    key="admin.intake",
    label="批量导入",
    states=[
        State("checked", "待确认", "todo"),
        State("writing", "正在写入", "busy"),
        State("done", "已导入", "ok", final=True),
        State("dropped", "已放弃", "none", final=True),
    ],
    initial="checked",
    moves=[
        Move("confirm_all", "全部导入", ["checked"], "writing", IMPORT, guards=(at_office, all_sound), who=CLERK),
        Move("confirm_good", "只导入没有问题的行", ["checked"], "writing", IMPORT, guards=(at_office, some_sound), who=CLERK),
        Move("drop", "放弃这次导入", ["checked"], "dropped", IMPORT, guards=[at_office], who=CLERK),
        Move("finish", "写完", ["writing"], "done", None, by="system"),
        Move("fail", "没有写成", ["writing"], "checked", None, by="system", reason=True),
    ],
)  # fmt: skip
