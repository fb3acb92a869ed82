"""Which brands and products count for K09 and K10, and what the plan asks (pure).

The plan gives numbers and a few words (五（四）2: an enterprise's own brand; products made fit for selling online), no
criteria.  ``CRITERIA`` is what the brand office checks by, each with the word it rests on or the remark that it is the
office's own; an entry shows each by a fact or a file, and another person checks it.  K10 stands in the plan twice with
different numbers (conflict C1): both are judged, none is chosen here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.errors import Unmet
from core.workflow.table import Move, State, Workflow

KINDS = {"brand": "小而美品牌", "product": "网货产品"}
EVIDENCE = {
    "registration": "商标注册证或受理通知书",
    "photo": "产品和包装照片",
    "page": "店铺或商品页面截图",
    "sales": "销售凭证",
    "report": "检测报告",
    "other": "其他材料",
}
REQUIRED: dict[str, tuple[str, ...]] = {"brand": ("registration", "photo", "page"), "product": ("photo", "page")}
EVIDENCE_RULES = {"registration": "PY-08", "photo": "PY-09", "page": "PY-10"}
NAME_LIMIT, TEXT_LIMIT, CAPTION_LIMIT, MAX_EVIDENCE = 40, 600, 120, 20
VIEW, READ, ENTER, CHECK = (f"brand.nurture.{v}" for v in ("view", "read", "enter", "check"))


@dataclass(frozen=True, slots=True)
class Criterion:
    """What an entry of these kinds must show, by which rules of ``complete``, and where the demand comes from."""

    key: str
    kinds: tuple[str, ...]
    words: str
    source: str
    rules: tuple[str, ...]


PLAN, OFFICE = "方案五（四）2原文", "品牌办核对口径，方案没有写"
CRITERIA = (
    Criterion("own", ("brand",), "企业自主品牌，在品牌矩阵里登记在本企业名下", PLAN, ("PY-02", "PY-03")),
    Criterion("mark", ("brand",), "有商标注册证或受理通知书", OFFICE, ("PY-08",)),
    Criterion("online", ("product",), "网货：能在网上买到，有商品页网址和截图", PLAN, ("PY-10", "PY-11")),
    Criterion("on_sale", ("brand",), "已经在卖，有店铺或商品页截图", OFFICE, ("PY-10",)),
    Criterion("since", ("brand", "product"), "写明从哪天开始卖，日期已到", OFFICE, ("PY-06", "PY-07")),
    Criterion("shown", ("brand", "product"), "有产品和包装照片", OFFICE, ("PY-09",)),
    Criterion("basis", ("brand", "product"), "写明定位、品质、包装和销路", OFFICE, ("PY-05",)),
    Criterion("holder", ("brand", "product"), "企业在册", OFFICE, ("PY-04",)),
)


@dataclass(frozen=True, slots=True)
class Goal:
    """One number of the plan with its paragraph."""

    key: str
    kind: str
    threshold: int
    unit: str
    source: str


GOALS = (
    Goal("K09", "brand", 5, "个", "三（3）、五（四）2"),
    Goal("K10/a", "product", 5, "款", "三（3）"),
    Goal("K10/b", "product", 10, "款", "五（四）2"),
)


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """Everything the guards decide on."""

    today: date
    kind: str = "product"
    name: str = ""
    basis: str = ""
    since: date | None = None
    link: str = ""
    brand_own: bool = False
    brand_active: bool = False
    organisation_active: bool = True
    evidence: tuple[str, ...] = ()
    checker_added: bool = False


def _unmet(rule: str, message: str, help: str, who: str = "填报人") -> Unmet:
    return Unmet(rule, message, article="方案五（四）2", help=help, who=who)


def complete(facts: EntryFacts) -> list[Unmet]:
    """The entry names the thing, since when it is sold, on what the claim rests, and shows the evidence."""
    found = []
    if not 2 <= len(facts.name) <= NAME_LIMIT:
        found.append(_unmet("PY-01", "没有写名称。", f"写 2 到 {NAME_LIMIT} 个字。"))
    if facts.kind == "brand" and not facts.brand_own:
        found.append(_unmet("PY-02", "没有选本企业在品牌矩阵里登记的品牌。", "先在“企业品牌”里登记，再来填报。"))
    if facts.kind == "brand" and facts.brand_own and not facts.brand_active:
        found.append(_unmet("PY-03", "这个品牌已停用。", "换一个在用的品牌。"))
    if not facts.organisation_active:
        found.append(_unmet("PY-04", "企业已不在册。", "先办恢复入驻，再来填报。"))
    if not facts.basis:
        found.append(_unmet("PY-05", "没有写认定依据。", "写清为什么算：定位、品质、包装、销路各一句。"))
    if facts.since is None:
        found.append(_unmet("PY-06", "没有写从哪天开始卖。", "填上市或上线的日期。"))
    elif facts.since > facts.today:
        found.append(_unmet("PY-07", "上市日期还没有到。", "卖起来以后再填报。"))
    if facts.kind == "product" and not facts.link:
        found.append(_unmet("PY-11", "没有写在哪里能买到。", "填商品页的 https 网址，本平台或别的平台都可以。"))
    found += [
        _unmet(EVIDENCE_RULES[kind], f"缺{EVIDENCE[kind]}。", f"上传{EVIDENCE[kind]}，照片、截图或 PDF。")
        for kind in REQUIRED.get(facts.kind, ())
        if kind not in facts.evidence
    ]
    return found


def met(facts: EntryFacts) -> list[tuple[Criterion, bool]]:
    """Each criterion of the entry's kind, and whether the entry shows it."""
    open_rules = {u.rule for u in complete(facts)}
    return [(c, open_rules.isdisjoint(c.rules)) for c in CRITERIA if facts.kind in c.kinds]


def checked_by_another(facts: EntryFacts) -> list[Unmet]:
    """Who handed in evidence does not check it."""
    if not facts.checker_added:
        return []
    return [_unmet("PY-12", "材料里有你上传的，不能由你核对。", "请另一名有权限的人员核对。", who="另一名核对人")]


ENTRY = Workflow(
    key="brand.nurture",
    label="小而美品牌和网货",
    states=[
        State("draft", "填报中", "todo"),
        State("submitted", "待核对", "busy"),
        State("returned", "请补正", "todo"),
        State("counted", "已计入", "ok"),
        State("refused", "不计入", "bad", final=True),
        State("abandoned", "已撤回", "none", final=True),
        State("removed", "已移出", "none", final=True),
    ],
    initial="draft",
    moves=[
        Move(
            "submit", "提交核对", ["draft", "returned"], "submitted", ENTER, by="owner", guards=[complete], who="填报人"
        ),
        Move(
            "abandon",
            "撤回填报",
            ["draft", "returned"],
            "abandoned",
            ENTER,
            by="owner",
            irreversible=True,
            who="填报人",
        ),
        Move(
            "count",
            "核对无误，计入",
            ["submitted"],
            "counted",
            CHECK,
            reason=True,
            guards=[complete, checked_by_another],
            not_same_person_as=["submit"],
            who="核对人（另一人）",
        ),
        Move("return", "退回补正", ["submitted"], "returned", CHECK, reason=True, who="核对人"),
        Move(
            "refuse",
            "不计入",
            ["submitted"],
            "refused",
            CHECK,
            reason=True,
            not_same_person_as=["submit"],
            irreversible=True,
            who="核对人（另一人）",
        ),
        Move("remove", "移出，不再计入", ["counted"], "removed", CHECK, reason=True, irreversible=True, who="核对人"),
    ],
    article="方案三（3）、五（四）2",
)
GONE = ("refused", "abandoned", "removed")


def judge(goal: Goal, amount: int) -> str:
    """What a count means against one number of the plan, in words."""
    short = goal.threshold - amount
    return "已达到" if short <= 0 else f"还差 {short} {goal.unit}"


def doubts(*, organisation_active: bool, brand_active: bool) -> list[str]:
    """Why a counted entry should be looked at again; it counts until a person takes it out with a reason."""
    found = [] if organisation_active else ["企业已不在册"]
    return found if brand_active else [*found, "品牌已停用"]
