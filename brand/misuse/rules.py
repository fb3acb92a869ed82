"""The way of a misuse case from report to the end of its publication (pure).

The brand office decides on the use of brands and on what stands on the platform; fines are others' (农产品质量安全法
art. 74), to whom a case is referred.  How long each step may take: rules_policy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from brand.certificate.rules import ART_42, KINDS, MISUSE
from brand.misuse.rules_policy import MisuseTerms
from core.errors import Unmet
from core.workflow.table import Move, State, Workflow

HANDLE, DECIDE, VIEW, ANSWER = (f"brand.misuse.{v}" for v in ("handle", "decide", "view", "answer"))
DEADLINES = {
    "accept": "受理",
    "notify": "查清并告知",
    "hearing": "陈述申辩",
    "hold": "举行听证",
    "correct": "当事人改正",
    "decide": "作出决定",
    "publication": "公布",
}
# state: what runs in it; how many working days that is stands in rules_policy
RUNS = {
    "reported": "accept",
    "checking": "notify",
    "noticed": "hearing",
    "hearing": "hold",
    "proposed": "decide",
    "decided": "publication",
}
UNDECIDED = (
    "reported",
    "checking",
    "noticed",
    "hearing",
    "proposed",
)  # of one thing, mark and class there is one such case
MARKS = {"brand": "猗顿农品等公用品牌", **{k: v.label for k, v in KINDS.items() if v.marked}}
SOURCES = {"report": "消费者举报", "patrol": "巡查发现", "automatic": "自动比对", "office": "其他单位移来"}
EVIDENCE = {"photo": "照片", "page": "页面文字", "document": "文件", "statement": "陈述和询问记录"}
TARGETS = {"listings": "网上商品", "pages": "网页和账号", "shops": "门店", "markets": "市场摊位"}
RESULTS = {"clear": "没有问题", "suspected": "涉嫌不当使用", "gone": "已经没有了"}
MEASURES = {
    "correct": "责令改正",
    "take_down": "商品下架",
    "suspend": "暂停品牌授权",
    "withdraw": "撤销品牌授权",
    "refer": "移送主管部门",
    "none": "不成立，不处理",
}
REPORTS_AN_HOUR = 5
ACTS = {"sealed": "收下并封存", "taken": "调取原件", "handed_over": "移交"}


@dataclass(frozen=True, slots=True)
class MisuseFacts:
    """What the guards decide on."""

    today: date
    misuse: str = ""
    mark: str = "brand"
    party: str = ""
    party_on_platform: bool = True
    evidence: int = 1
    answered: bool = False
    hearing_until: date | None = None
    hearing_provisional: bool = False
    measures: tuple[str, ...] = ()
    licence_state: str = ""
    listing: bool = False
    corrected: bool = False


def _unmet(rule: str, message: str, help: str, who: str = "品牌办经办") -> Unmet:
    return Unmet(f"brand.misuse.{rule}", message, ART_42, help, who)


def established(facts: MisuseFacts) -> list[Unmet]:
    """Who, which class, and something to show for it, before anybody is accused."""
    out = []
    if not facts.misuse:
        out.append(_unmet("no_class", "还没有写明是哪一类不当使用。", "在“查清的事实”里选一类。"))
    if not facts.party:
        out.append(_unmet("no_party", "还没有写明当事人。", "填统一社会信用代码；不在平台的填名称和地址。"))
    if not facts.evidence:
        out.append(_unmet("no_evidence", "还没有封存的证据。", "上传照片或文件，或封存页面文字。"))
    return out


def heard(facts: MisuseFacts) -> list[Unmet]:
    """The party has answered, or its time is over; a provisional last day ends nobody's time."""
    if facts.answered:
        return []
    if facts.hearing_until is None:
        return [_unmet("not_notified", "还没有告知当事人。", "先发告知书。")]
    if facts.hearing_provisional:
        return [
            _unmet(
                "hearing_provisional",
                "陈述申辩的最后一天还是暂定的，期限不能按它截止。",
                "等节假日安排确认，或等当事人陈述。",
            )
        ]
    if facts.today <= facts.hearing_until:
        said = f"当事人可以陈述申辩到 {facts.hearing_until} 24:00。"
        return [_unmet("hearing_open", said, "等当事人陈述，或等期限过去。", "当事人")]
    return []


def in_hearing_time(facts: MisuseFacts) -> list[Unmet]:
    """A hearing is asked for within the time of the notice; a provisional last day ends nobody's time."""
    if facts.hearing_until is None or facts.hearing_provisional or facts.today <= facts.hearing_until:
        return []
    said = f"申请听证的时间到 {facts.hearing_until} 24:00 为止，已经过去。"
    return [_unmet("hearing_late", said, "仍可以提交陈述申辩，决定前都会看。", "当事人")]


def to_be_corrected(facts: MisuseFacts) -> list[Unmet]:
    """Only where correction was ordered, and once."""
    if "correct" not in facts.measures:
        return [_unmet("no_correction", "决定里没有责令改正，不用核实。", "直接公布决定，或结案。")]
    if facts.corrected:
        return [_unmet("corrected", "已经核实过改正，不用再核实。", "直接公布决定，或等公布期满。")]
    return []


def measures_fit(facts: MisuseFacts) -> list[Unmet]:
    """At least one measure, none beside 不成立, and each one possible."""
    chosen, out = set(facts.measures), []
    if not chosen:
        out.append(_unmet("no_measure", "还没有选怎么处理。", "至少选一项。"))
    if "none" in chosen and len(chosen) > 1:
        out.append(_unmet("none_alone", "“不成立”不能和其他处理一起选。", "只留一种。"))
    if chosen & {"suspend", "withdraw"} and facts.licence_state not in ("licensed", "suspended"):
        out.append(_unmet("no_licence", "没有写明是哪一份有效的品牌授权。", "在“查清的事实”里选授权，或去掉这项处理。"))
    if chosen >= {"suspend", "withdraw"}:
        out.append(_unmet("one_of_both", "暂停和撤销授权只能选一项。", "只留一种。"))
    if "take_down" in chosen and not facts.listing:
        out.append(
            _unmet(
                "no_listing",
                "案子没有对应的网上商品，没有可下架的。",
                "本平台的商品，从自动比对或巡查立案；别的平台的，选移送。",
            )
        )
    return out


def held_misuse(facts: MisuseFacts) -> list[Unmet]:
    """Only a case in which misuse was found is published."""
    if "none" in facts.measures or not facts.measures:
        return [_unmet("nothing_found", "决定是不成立，不公布当事人。", "直接结案。")]
    return []


MISUSE_CASE = Workflow(
    key="brand.misuse",
    label="标志和品牌不当使用",
    article=ART_42,
    states=[
        State("reported", "待核查", "todo"),
        State("checking", "核查中", "busy"),
        State("noticed", "已告知，待陈述申辩", "busy"),
        State("hearing", "等听证", "busy"),
        State("proposed", "待审定", "busy"),
        State("decided", "已决定", "ok"),
        State("published", "公布中", "ok"),
        State("closed", "已结案", "none", final=True),
        State("dismissed", "不予立案", "none", final=True),
    ],
    initial="reported",
    moves=[
        Move("accept", "立案核查", ["reported"], "checking", HANDLE, who="品牌办经办"),
        Move(
            "dismiss", "不予立案", ["reported", "checking"], "dismissed", HANDLE, reason=True, irreversible=True,
            who="品牌办经办",
        ),
        Move("notify", "告知当事人", ["checking"], "noticed", HANDLE, guards=[established], reason=True, who="品牌办经办"),
        Move("answer", "陈述申辩", ["noticed"], "=", ANSWER, by="owner", reason=True, who="当事人"),
        Move(
            "ask_hearing", "申请听证", ["noticed"], "hearing", ANSWER, by="owner", guards=[in_hearing_time], reason=True,
            who="当事人",
        ),
        Move(
            "hold_hearing", "记下听证笔录", ["hearing"], "noticed", DECIDE, reason=True,
            not_same_person_as=["accept", "notify"], who="品牌办审定",
        ),
        Move(
            "propose", "提出处理意见", ["noticed"], "proposed", HANDLE, guards=[heard, measures_fit], reason=True,
            who="品牌办经办",
        ),
        Move("send_back", "退回再查", ["proposed"], "checking", DECIDE, reason=True, who="品牌办审定"),
        Move(
            "decide", "作出决定", ["proposed"], "decided", DECIDE, guards=[measures_fit], reason=True,
            not_same_person_as=["accept", "notify", "propose"], irreversible=True, who="品牌办审定",
        ),
        Move(
            "note_correction", "核实已改正", ["decided", "published"], "=", HANDLE, guards=[to_be_corrected], reason=True,
            who="品牌办经办",
        ),
        Move("publish", "公布决定", ["decided"], "published", HANDLE, guards=[held_misuse], who="品牌办经办"),
        Move("close", "结案，不公布", ["decided"], "closed", HANDLE, reason=True, who="品牌办经办"),
        Move("end_publication", "公布期满", ["published"], "closed", None, by="system"),
    ],
)  # fmt: skip


def misuse_label(key: str) -> str:
    """The class in words, '' where none is named yet."""
    return MISUSE.get(key, "")


def working_days(purpose: str, terms: MisuseTerms) -> int:
    """How many working days what runs may take; ``shown`` is how long a decision stays published."""
    days = {
        "accept": terms.accept_wd, "notify": terms.notify_wd, "hearing": terms.hearing_wd, "hold": terms.hold_wd,
        "decide": terms.decide_wd, "publication": terms.publication_wd, "correct": terms.correct_wd, "shown": terms.shown_wd,
    }  # fmt: skip
    return days[purpose]


def case_no(year: int, number: int) -> str:
    """The printed number of a case: 猗标监〔2026〕0003号."""
    return f"猗标监〔{year}〕{number:04d}号"


def receipt_no(year: int, number: int) -> str:
    """The receipt number of a report."""
    return f"JB-{year}-{number:05d}"


def measure_words(measures: Sequence[str]) -> str:
    """What was decided, in one line."""
    return "、".join(MEASURES[m] for m in MEASURES if m in measures)
