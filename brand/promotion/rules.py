"""Fairs, campaigns and roadshows: which indicator an event counts in, when it counts, and who gets a place (pure).

The plan has three different indicators: K11 fairs of the regional public brand (五（四）1), K12 provincial or municipal
roadshows (五（二）2) and K13 campaigns about the 乡村e镇 (五（十二）).  The kind decides; an event counts in exactly one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.errors import Unmet
from core.workflow.table import Move, State, Workflow

KINDS = {"fair": "展会", "roadshow": "推介活动", "campaign": "宣传活动"}
INDICATORS = {"fair": "K11", "roadshow": "K12", "campaign": "K13"}
INDICATOR_LABELS = {"fair": "区域公用品牌展会", "roadshow": "省市级推介活动", "campaign": "乡村e镇宣传活动"}
ARTICLES = {"fair": "方案五（四）1", "roadshow": "方案五（二）2", "campaign": "方案五（十二）"}
LEVELS = {"national": "国家级", "provincial": "省级", "municipal": "市级", "county": "县级"}
ROADSHOW_LEVELS = frozenset({"provincial", "municipal"})
PARTS = {"hosted": "举办", "joined": "参加"}
EVIDENCE = {
    "notice": "通知或邀请函",
    "photo": "现场照片",
    "attendance": "签到或参展名单",
    "media": "媒体报道",
    "contract": "合同或订单",
    "other": "其他材料",
}
REQUIRED_EVIDENCE: dict[str, tuple[str, ...]] = {
    "fair": ("notice", "photo", "attendance"),
    "roadshow": ("notice", "photo", "attendance"),
    "campaign": ("photo", "attendance"),
}
RESULTS = {
    "leads": ("意向客户", "家"),
    "orders": ("现场订单", "份"),
    "contracts": ("签约", "份"),
    "visitors": ("到场人数", "人次"),
    "reports": ("媒体报道", "篇"),
}
SOURCES = {"self": "参加企业自报", "office": "主办单位统计", "third": "第三方提供"}
TITLE_LIMIT, TEXT_LIMIT, MAX_CAPACITY, MAX_FEN = 60, 3000, 10_000, 10**13
VIEW, MANAGE, CHECK, ENROL = (f"brand.promotion.{v}" for v in ("view", "manage", "check", "enrol"))


@dataclass(frozen=True, slots=True)
class EventFacts:
    """Everything the guards of an event decide on."""

    today: date
    kind: str = "fair"
    title: str = ""
    level: str = "county"
    venue: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    enrol_until: datetime | None = None
    last_moment: datetime | None = None
    capacity: int | None = None
    public_brand: bool = False
    etown_content: str = ""
    summary: str = ""
    evidence: tuple[str, ...] = ()
    checker_added: bool = False
    open_places: int = 0


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """What the guards of a place decide on."""

    today: date
    starts_on: date
    event_open: bool = True


def _unmet(rule: str, message: str, help: str, article: str = "", who: str = "活动经办") -> Unmet:
    return Unmet(rule, message, article=article, help=help, who=who)


def plan_complete(facts: EventFacts) -> list[Unmet]:
    """The event says what, when and where, and what its indicator asks for."""
    found = []
    if not 2 <= len(facts.title) <= TITLE_LIMIT:
        found.append(_unmet("HD-01", "活动没有名称。", f"写 2 到 {TITLE_LIMIT} 个字。"))
    if not facts.venue:
        found.append(_unmet("HD-02", "没有写地点。", "线上活动写平台名称。"))
    if facts.starts_on is None or facts.ends_on is None:
        found.append(_unmet("HD-03", "没有写起止日期。", "填开始和结束日期，一天的活动填同一天。"))
    elif facts.ends_on < facts.starts_on:
        found.append(_unmet("HD-04", "结束日期早于开始日期。", "把结束日期改到开始日期以后，一天的活动填同一天。"))
    if facts.capacity is not None and facts.enrol_until is None:
        found.append(_unmet("HD-05", "有展位却没有写报名截止时间。", "填截止时间；不接受报名的，展位数留空。"))
    if facts.enrol_until and facts.last_moment and facts.enrol_until > facts.last_moment:
        found.append(_unmet("HD-06", "报名截止晚于活动结束。", "改成活动结束以前。"))
    if facts.kind == "fair" and not facts.public_brand:
        found.append(
            _unmet("HD-07", "展会没有选公用品牌。", "选是以哪个公用品牌举办或参加的。", article=ARTICLES["fair"])
        )
    if facts.kind == "roadshow" and facts.level not in ROADSHOW_LEVELS:
        found.append(
            _unmet(
                "HD-08",
                f"推介活动只计省级和市级的，这一场是{LEVELS.get(facts.level, '其他')}。",
                "改级别；县里自己的活动登记为展会或宣传活动。",
                article=ARTICLES["roadshow"],
            )
        )
    if facts.kind == "campaign" and not facts.etown_content:
        found.append(
            _unmet(
                "HD-09",
                "没有写宣传了“乡村e镇”的什么内容。",
                "写一两句，例如政策、企业或品牌。",
                article=ARTICLES["campaign"],
            )
        )
    return found


def has_happened(facts: EventFacts) -> list[Unmet]:
    """The last day has come, not earlier."""
    if facts.ends_on is not None and facts.today >= facts.ends_on:
        return []
    last = facts.ends_on.isoformat() if facts.ends_on else "未填"
    return [_unmet("HD-10", f"活动还没有结束，最后一天是 {last}。", "到最后一天再登记已举办。")]


def evidence_complete(facts: EventFacts) -> list[Unmet]:
    """Every required kind of evidence is there, the event is summed up, nobody's presence is left open."""
    found = [
        _unmet(
            "HD-20",
            f"缺{EVIDENCE[kind]}。",
            f"上传{EVIDENCE[kind]}，照片或 PDF。",
            article=ARTICLES.get(facts.kind, ""),
        )
        for kind in REQUIRED_EVIDENCE.get(facts.kind, ())
        if kind not in facts.evidence
    ]
    if not facts.summary:
        found.append(_unmet("HD-21", "没有写活动小结。", "写清做了什么、来了谁、数字从哪来。"))
    if facts.open_places:
        found.append(_unmet("HD-22", f"{facts.open_places} 家企业还没有登记到场没到场。", "在报名名单里逐家登记。"))
    return found


def checked_by_another(facts: EventFacts) -> list[Unmet]:
    """Who handed in evidence does not check it."""
    if not facts.checker_added:
        return []
    return [_unmet("HD-23", "证据里有你上传的，不能由你核对。", "请另一名有权限的人员核对。", who="另一名核对人")]


EVENT = Workflow(
    key="brand.promotion",
    label="宣传推广活动",
    states=[
        State("draft", "筹备中", "todo"),
        State("enrolling", "已公布", "busy"),
        State("held", "已举办，待核证据", "todo"),
        State("evidence_checked", "证据已核，计入", "ok"),
        State("cancelled", "已取消", "none", final=True),
    ],
    initial="draft",
    moves=[
        Move("announce", "公布活动", ["draft"], "enrolling", MANAGE, guards=[plan_complete], who="活动经办"),
        Move("hold", "登记已举办", ["enrolling"], "held", MANAGE, guards=[has_happened], who="活动经办"),
        Move("return", "退回补证据", ["held"], "=", CHECK, reason=True, who="核对人"),
        Move(
            "check",
            "证据核对无误，计入",
            ["held"],
            "evidence_checked",
            CHECK,
            guards=[plan_complete, evidence_complete, checked_by_another],
            not_same_person_as=["hold"],
            who="核对人（另一人）",
        ),
        Move("uncount", "撤回计入", ["evidence_checked"], "held", CHECK, reason=True, who="核对人"),
        Move(
            "cancel",
            "取消活动",
            ["draft", "enrolling"],
            "cancelled",
            MANAGE,
            reason=True,
            irreversible=True,
            who="活动经办",
        ),
    ],
    article="方案五（二）2、五（四）1、五（十二）",
)


def before_start(facts: PlaceFacts) -> list[Unmet]:
    """A place is given back before the first day."""
    if facts.today < facts.starts_on:
        return []
    return [_unmet("HD-30", "活动已经开始。", "来不了请给主办单位打电话，由他们登记未到场。", who="活动经办")]


def begun(facts: PlaceFacts) -> list[Unmet]:
    """Who came is known from the first day on."""
    if facts.today >= facts.starts_on:
        return []
    return [_unmet("HD-31", "活动还没有开始。", "开始以后再登记到场。")]


ENROLMENT = Workflow(
    key="brand.enrolment",
    label="活动报名",
    states=[
        State("waiting", "候补", "todo"),
        State("confirmed", "已有名额", "ok"),
        State("withdrawn", "已退出", "none", final=True),
        State("declined", "不能参加", "bad", final=True),
        State("attended", "已到场", "ok", final=True),
        State("absent", "未到场", "none", final=True),
    ],
    initial="waiting",
    moves=[
        Move("confirm", "给名额", ["waiting"], "confirmed", None, by="system"),
        Move(
            "withdraw",
            "退出报名",
            ["waiting", "confirmed"],
            "withdrawn",
            ENROL,
            by="owner",
            guards=[before_start],
            irreversible=True,
            who="报名企业",
        ),
        Move(
            "decline",
            "不能参加",
            ["waiting", "confirmed"],
            "declined",
            MANAGE,
            guards=[before_start],
            reason=True,
            irreversible=True,
            who="活动经办",
        ),
        Move("attend", "登记到场", ["confirmed"], "attended", MANAGE, guards=[begun], who="活动经办"),
        Move("miss", "登记未到场", ["confirmed"], "absent", MANAGE, guards=[begun], who="活动经办"),
    ],
)
LIVE_PLACES = ("waiting", "confirmed", "attended", "absent")
SEATED = ("confirmed", "attended", "absent")


def free_seat(taken: Collection[int], capacity: int) -> int | None:
    """The lowest seat number from 1 to ``capacity`` that nobody has; None where the fair is full."""
    return next((n for n in range(1, capacity + 1) if n not in taken), None)


def enrolment_faults(
    *, state: str, capacity: int | None, enrol_until: datetime | None, now: datetime, active: bool, licensed: bool
) -> list[Unmet]:
    """Every reason why an enterprise cannot enrol now; a full fair is none (it waits)."""
    found = []
    if state != "enrolling":
        found.append(_unmet("HD-40", "这个活动现在不接受报名。", "看看活动日历里别的活动。", who=""))
    elif capacity is None:
        found.append(_unmet("HD-41", "这个活动不用报名。", "按活动说明直接参加。", who=""))
    if enrol_until is not None and now >= enrol_until:
        found.append(_unmet("HD-42", "报名已经截止。", "要参加请给主办单位打电话。", who="活动经办"))
    if not active:
        found.append(_unmet("HD-43", "本单位已不在册。", "先办恢复入驻，再来报名。", who="报名企业"))
    if not licensed:
        found.append(
            _unmet("HD-44", "这个活动只收获得品牌授权的企业。", "先申请品牌授权，批准后再报名。", who="报名企业")
        )
    return found


def result_faults(
    kind: str, quantity: int | None, amount_fen: int | None, source_kind: str, source: str
) -> list[Unmet]:
    """Every fault of a reported result: it has a figure, and says where the figure comes from."""
    found = []
    if kind not in RESULTS:
        found.append(_unmet("HD-50", "没有这种成果。", "从列表里选。"))
    if quantity is None and amount_fen is None:
        found.append(_unmet("HD-51", "数量和金额都没有填。", "至少填一样；没有成果就不用填。"))
    if amount_fen is not None and kind not in ("orders", "contracts"):
        found.append(_unmet("HD-52", "只有订单和签约写金额。", "去掉金额，或换一种成果。"))
    if source_kind not in SOURCES or not source:
        found.append(_unmet("HD-53", "没有写数字从哪来。", "写清是谁统计的，例如“展位订单登记表”。"))
    return found


def totals(rows: Sequence[tuple[str, int | None, int | None]]) -> dict[str, tuple[int, int]]:
    """Sum of quantity and of amount (分) by kind of result."""
    found: dict[str, tuple[int, int]] = {}
    for kind, quantity, amount in rows:
        had = found.get(kind, (0, 0))
        found[kind] = (had[0] + (quantity or 0), had[1] + (amount or 0))
    return found
