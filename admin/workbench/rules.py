"""The guided start and the urgency of to-dos (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of each step an enterprise has; ``licence_waiting`` = an application lies with the brand office."""

    key: bool = False
    licences: int = 0
    licence_waiting: bool = False
    items: int = 0
    seasons: int = 0
    lots: int = 0
    sealed: int = 0
    printed: int = 0
    listed: int = 0
    listing_waiting: bool = False


@dataclass(frozen=True, slots=True)
class StepText:
    """What a step is called, what doing it means, and what its one button says."""

    key: str
    title: str
    meaning: str
    button: str
    endpoint: str


TEXTS = (
    StepText("registered", "登记企业", "企业档案已经建立。", "看企业资料", "organisation.profile"),
    StepText(
        "key",
        "签名密钥",
        "封存记录要用本企业的密钥签名。建一次，以后一直用；由平台代管，也可以企业自管。",
        "去建密钥",
        "sealing.keys",
    ),
    StepText(
        "licence",
        "品牌授权",
        "要在标签上用“猗顿农品”，先申请授权。没有授权也能封存和销售，只是不能用品牌标志。",
        "去申请授权",
        "licence.new",
    ),
    StepText(
        "item", "商品项", "一种卖法就是一个商品项：品种、规格、净含量，有没有条码都可以。", "建商品项", "item.new"
    ),
    StepText("season", "地块与生产季", "一块地一年一个生产季，农事、用药、采收都记在里面。", "建生产季", "season.new"),
    StepText("lot", "采收与批次", "采收入库是一批，分级装箱又是一批；数量要能对上。", "采收入库", "lot.receive"),
    StepText("sealed", "封存批次", "封存就是签名存证。封存以后只能追加或更正，不能修改和删除。", "去封存", "lot.index"),
    StepText("printed", "打印标签", "给封存的批次赋码，打印能扫的标签。", "去打标签", "code.index"),
    StepText("listed", "上架销售", "把封存的批次放到商城里卖。", "去上架", "listing.new"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """A step as the page draws it: done, now, waiting (for somebody else) or later."""

    key: str
    title: str
    state: str
    note: str
    text: StepText


def guide(progress: Progress) -> list[Step]:
    """The nine steps: what is done, the one that is next, what waits for somebody else, what comes later."""
    done = {
        "registered": True,
        "key": progress.key,
        "licence": progress.licences > 0,
        "item": progress.items > 0,
        "season": progress.seasons > 0,
        "lot": progress.lots > 0,
        "sealed": progress.sealed > 0,
        "printed": progress.printed > 0,
        "listed": progress.listed > 0,
    }
    waiting = {"licence": progress.licence_waiting, "listed": progress.listing_waiting}
    notes = _notes(progress)
    steps: list[Step] = []
    next_found = False
    for text in TEXTS:
        if done[text.key]:
            state, note = "done", notes.get(text.key, "已完成")
        elif waiting.get(text.key):
            state, note = "waiting", "等品牌办公室" if text.key == "licence" else "等审核"
        elif not next_found and text.key != "licence":
            state, note, next_found = "now", "现在办", True
        else:
            state, note = "later", "可以随时申请" if text.key == "licence" else "以后办"
        steps.append(Step(text.key, text.title, state, note, text))
    return steps


def _notes(progress: Progress) -> dict[str, str]:
    return {
        "licence": f"{progress.licences} 份有效",
        "item": f"{progress.items} 个",
        "season": f"{progress.seasons} 个",
        "lot": f"{progress.lots} 批",
        "sealed": f"{progress.sealed} 批",
        "printed": f"{progress.printed} 次",
        "listed": f"{progress.listed} 件在售",
    }


def guide_heading(steps: Iterable[Step]) -> str:
    """One sentence on how far it is; '' when everything that is needed is done."""
    left = [s for s in steps if s.state != "done" and s.key != "licence"]
    if not left:
        return ""
    before_label = [s for s in left if s.key != "listed"]
    if before_label:
        return f"还差 {len(before_label)} 步，就能打出可以扫的标签"
    return "标签已经打好，还差 1 步就能上架"


@dataclass(frozen=True, slots=True)
class Todo:
    """Something to do: what, how urgent (by day), where."""

    title: str
    note: str
    href: str
    action: str
    due_on: date | None = None
    urgent: bool = False
    waiting: bool = False
    primary: bool = field(default=False, compare=False)

    def chip(self, today: date) -> tuple[str, str]:
        """The chip in front: overdue, today, by a day, waiting, or no day."""
        if self.due_on is not None and self.due_on < today:
            return f"逾期 {(today - self.due_on).days} 天", "bad"
        if self.urgent or self.due_on == today:
            return "今天", "todo"
        if self.waiting:
            return "等对方", "busy"
        if self.due_on is not None:
            return f"{self.due_on:%m-%d} 前", "busy"
        return "待办", "none"


def by_urgency(todos: Iterable[Todo], today: date) -> list[Todo]:
    """Overdue first (the oldest first), then today, then by day, then without a day, then what waits for others."""

    def rank(todo: Todo) -> tuple[int, date]:
        if todo.due_on is not None and todo.due_on < today:
            return 0, todo.due_on
        if todo.urgent or todo.due_on == today:
            return 1, today
        if todo.waiting:
            return 4, todo.due_on or date.max
        if todo.due_on is not None:
            return 2, todo.due_on
        return 3, date.max

    return sorted(todos, key=rank)
