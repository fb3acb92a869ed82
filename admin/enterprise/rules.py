"""Registration (town-rules B10, first part): conditions, guards and the workflow table (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from admin.enterprise import rules_residence
from admin.enterprise.rules_residence import ResidenceFacts
from core import identifiers
from core.errors import BadInput, Unmet
from core.workflow.table import Move, State, Workflow

KINDS = {"enterprise": "企业或合作社入驻", "undertaker": "承办主体登记"}
DESKS = ("office", "bureau")
APPLY, SCREEN, DECIDE, CONDITIONS = (f"admin.enterprise.{v}" for v in ("apply", "screen", "decide", "conditions"))
TEXT_LIMIT = 400


@dataclass(frozen=True, slots=True)
class Condition:
    """One published condition of entry; ``answered`` is the applicant's promise."""

    number: int
    text: str
    answered: bool


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """Everything the guards decide on, read under the row lock."""

    kind: str
    today: date
    is_applicant: bool = True
    at_desk: bool = True
    name: str = ""
    code: str = ""
    town: str = ""
    address: str = ""
    contact_name: str = ""
    contact_mobile: str = ""
    has_licence_picture: bool = False
    licence_until: date | None = None
    code_in_use: bool = False
    rival_case: str = ""
    lawful_use: bool = False
    conditions_version: str = ""
    conditions: tuple[Condition, ...] = ()
    visited_on: date | None = None
    visit_waiver: str = ""
    appeals: int = 0
    grounds: tuple[tuple[int, str], ...] | None = None
    same_as: str = ""
    same_said_by_actor: bool = False
    residence: ResidenceFacts = field(default_factory=ResidenceFacts)


def _applicant(rule: str, message: str, help: str, article: str = "") -> Unmet:
    return Unmet(rule, message, article=article, help=help, who="申请人")


def own_application(facts: ApplicationFacts) -> list[Unmet]:
    """Only the person who opened the application may send it."""
    if facts.is_applicant:
        return []
    return [Unmet("RZ-00", "这份申请由申请人本人提交。", help="请申请人登录后办理。", who="申请人")]


def at_the_desk(facts: ApplicationFacts) -> list[Unmet]:
    """The e-town office and the county's bureau examine; a brand office or an enterprise does not."""
    if facts.at_desk:
        return []
    return [
        Unmet("RZ-13", f"{KINDS[facts.kind]}由e镇办公室和商务局办理。", help="请换成该单位身份再办。", who="e镇办公室")
    ]


def identity_sound(facts: ApplicationFacts) -> list[Unmet]:
    """Name and code are right and not taken (R82)."""
    found: list[Unmet] = []
    if not 2 <= len(facts.name) <= 60:
        found.append(_applicant("RZ-01", "名称要 2 到 60 个字。", "写营业执照上的全称。"))
    if facts.code:
        try:
            identifiers.check_uscc(facts.code)
        except BadInput as wrong:
            found.append(_applicant("R82", wrong.message, wrong.help, "方案第五部分（十）"))
    else:
        found.append(
            _applicant("R82", "还没有填统一社会信用代码。", "填营业执照上的 18 位代码。", "方案第五部分（十）")
        )
    if facts.code_in_use:
        found.append(
            _applicant("RZ-03", "这个统一社会信用代码已经入驻。", "请本单位负责人把你加为成员，不用重复申请。")
        )
    if facts.rival_case:
        found.append(
            _applicant(
                "RZ-04", f"这个统一社会信用代码已有在办的申请 {facts.rival_case}。", "请和同事确认，只留一份申请。"
            )
        )
    return found


def papers_complete(facts: ApplicationFacts) -> list[Unmet]:
    """Contact, address and the licence picture are there; the licence is not expired."""
    found: list[Unmet] = []
    if not facts.contact_name:
        found.append(_applicant("RZ-05", "还没有填联系人。", "填经常在岗、能接电话的人。"))
    try:
        identifiers.check_mobile(facts.contact_mobile)
    except BadInput as wrong:
        found.append(_applicant("RZ-06", f"联系人{wrong.message}", "办理进度会发到这个号码。"))
    if not facts.town:
        found.append(_applicant("RZ-07", "还没有填所在乡镇。", "填注册地或主要经营地所在的乡镇。"))
    if not facts.has_licence_picture:
        found.append(_applicant("RZ-08", "还没有营业执照照片。", "拍清四个角，上传照片或 PDF。"))
    if facts.licence_until is not None and facts.licence_until < facts.today:
        found.append(
            _applicant(
                "RZ-09",
                f"营业执照已于 {facts.licence_until.isoformat()} 到期。",
                "换发后上传新执照，再填新的到期日。",
            )
        )
    return found


def conditions_answered(facts: ApplicationFacts) -> list[Unmet]:
    """Every published condition is promised (R81), and the lawful-use statement is given (R90)."""
    found = [
        Unmet(
            "R81",
            f"不符合入驻条件第{c.number}条（{facts.conditions_version}）。",
            article="方案第五部分（二）1",
            help=f"{c.text}。符合的请勾选；不符合的，先达到条件再申请。",
            who="申请人",
        )
        for c in facts.conditions
        if not c.answered
    ]
    if not facts.lawful_use:
        found.append(
            _applicant("R90", "还没有声明用地、环保和安全生产合法合规。", "在申请页勾选声明。", "方案第五部分（十二）")
        )
    return found


def visited_or_waived(facts: ApplicationFacts) -> list[Unmet]:
    """B10: at least one site visit, or a waiver with its reason, before approval."""
    if facts.visited_on is not None or facts.visit_waiver.strip():
        return []
    return [
        Unmet(
            "RZ-10", "还没有实地走访，也没有写明免走访的理由。", help="登记走访日期和情况，或写明理由。", who="经办人"
        )
    ]


def appeal_left(facts: ApplicationFacts) -> list[Unmet]:
    """B10: a refusal may be appealed once."""
    if facts.appeals == 0:
        return []
    return [Unmet("RZ-11", "已经申诉过一次。", help="条件变化以后，可以重新提交一份申请。", who="申请人")]


def grounds_named(facts: ApplicationFacts) -> list[Unmet]:
    """B10: a refusal names the conditions that are not met, each with its reason (0 = identity or papers)."""
    if facts.grounds is None:
        return []
    known = {0, *(c.number for c in facts.conditions)}
    if not facts.grounds or any(n not in known or not text.strip() for n, text in facts.grounds):
        return [Unmet("R81", "没有写明哪一条入驻条件不符合、为什么。", article="方案第五部分（二）1",
                      help="逐条写明理由；身份或材料的问题写在“其他”里。", who="审核人")]  # fmt: skip
    return []


def not_a_duplicate(facts: ApplicationFacts) -> list[Unmet]:
    """What a clerk has judged to be one enterprise twice does not go on."""
    if not facts.same_as:
        return []
    return [
        Unmet("RZ-14", f"已判断为同一家：{facts.same_as}。", help="按重复申请办结；判断有误的，先改判。", who="审核人")
    ]


def judged_same(facts: ApplicationFacts) -> list[Unmet]:
    """Closed as a duplicate only after a clerk's word, and by another person than the one who gave it."""
    if not facts.same_as:
        return [Unmet("RZ-15", "还没有判断和哪一家是同一家。", help="在“疑似重复”里判断。", who="经办人")]
    if facts.same_said_by_actor:
        return [Unmet("RZ-16", "判断为同一家的人不能办结。", help="请另一位审核人办结。", who="审核人（另一人）")]
    return []


FIT = (identity_sound, papers_complete, conditions_answered)

APPLICATION = Workflow(
    key="admin.enterprise",
    label="入驻申请",
    article="town-rules B10",
    states=[
        State("draft", "草稿", "todo"),
        State("submitted", "已提交", "busy"),
        State("supplement", "请补正", "todo"),
        State("under_review", "审核中", "busy"),
        State("approved", "已入驻", "ok"),
        State("rejected", "未通过", "bad"),
        State("resident", "已入园", "ok"),
        State("probation", "整改观察", "todo"),
        State("left", "已退出", "none", final=True),
    ],
    initial="draft",
    moves=[
        Move(
            "submit",
            "提交申请",
            ["draft", "supplement"],
            "submitted",
            APPLY,
            by="public",
            guards=(own_application, *FIT),
            who="申请人",
        ),
        Move(
            "request_more",
            "退回补正",
            ["submitted"],
            "supplement",
            SCREEN,
            guards=[at_the_desk],
            reason=True,
            who="经办人",
        ),
        Move(
            "screen",
            "受理初审通过",
            ["submitted"],
            "under_review",
            SCREEN,
            guards=(at_the_desk, *FIT, not_a_duplicate),
            who="经办人",
        ),
        Move(
            "approve",
            "批准入驻",
            ["under_review"],
            "approved",
            DECIDE,
            guards=(at_the_desk, *FIT, visited_or_waived, not_a_duplicate),
            not_same_person_as=["screen", "reject"],
            who="审核人（另一人）",
        ),
        Move(
            "reject",
            "不予入驻",
            ["under_review"],
            "rejected",
            DECIDE,
            guards=[at_the_desk, grounds_named],
            reason=True,
            not_same_person_as=["screen", "reject"],
            irreversible=True,
            who="审核人（另一人）",
        ),
        Move(
            "duplicate",
            "按重复申请办结",
            ["submitted", "under_review"],
            "rejected",
            DECIDE,
            guards=[at_the_desk, judged_same],
            reason=True,
            not_same_person_as=["screen", "reject"],
            irreversible=True,
            who="审核人（另一人）",
        ),
        Move(
            "appeal",
            "申诉",
            ["rejected"],
            "under_review",
            APPLY,
            by="public",
            guards=(own_application, appeal_left),
            reason=True,
            who="申请人",
        ),
        *rules_residence.moves(at_the_desk),
    ],
)


def unfit(facts: ApplicationFacts) -> list[Unmet]:
    """Every unmet point of an application, all at once."""
    return [unmet for guard in FIT for unmet in guard(facts)]


def condition_lines(text: str) -> list[str]:
    """The conditions of a pasted list, one per line, without their numbering."""
    lines = [line.strip().lstrip("0123456789.、．)） ").strip("。；; ") for line in text.splitlines()]
    return [line for line in lines if line]


def condition_faults(version: str, lines: Sequence[str]) -> list[Unmet]:
    """A set of conditions has a version name and one to forty lines of readable length."""
    found = []
    if not 1 <= len(version) <= 30:
        found.append(Unmet("R81-version", "写明版本，例如“2026年第1版”。"))
    if not 1 <= len(lines) <= 40:
        found.append(Unmet("R81-lines", "每行一条，1 到 40 条。"))
    found += [Unmet("R81-length", f"第{n}条太长，最多 200 字。") for n, line in enumerate(lines, 1) if len(line) > 200]
    return found
