"""The workflow of a licence, from the draft to its end (pure); terms and guards are re-exported for their readers."""

from __future__ import annotations

from collections.abc import Sequence

from brand.licence.rules_guards import (
    CONDITIONS,
    REFUSAL_MIN,
    USE_CONDITIONS,
    LicenceFacts,
    Procedure,
    appeal_in_time,
    condition_count,
    grounds_cited,
    not_the_visitor,
    over_term,
    publicity_asked,
    publicity_over,
    site_visited,
    term_sound,
    unfit,
    within_term,
)
from brand.licence.rules_terms import (
    APPEAL_DEADLINE,
    DEADLINE,
    EVIDENCE,
    KINDS,
    MAX_YEARLY_GRAMS,
    PUBLICITY_DEADLINE,
    RENEWAL_DAYS,
    REQUIRED_EVIDENCE,
    RULES_VERSION,
    STATE_LABELS,
    VERBS,
    Evidence,
    Pause,
    ScopeRow,
    add_months,
    covers,
    default_term,
    in_force,
    in_force_at,
    in_renewal_window,
    licence_no,
    licence_year,
    quarter_label,
    quarter_of,
    quarter_span,
    quarters_due,
    renewal_start,
    report_due,
    spells,
    state_on,
    unbroken_until,
    year_span,
)
from core.workflow.table import Move, State, Workflow

__all__ = [
    "APPEAL_DEADLINE", "APPLY", "CONDITIONS", "DEADLINE", "DECIDE", "EVIDENCE", "ISSUED", "KINDS",
    "LICENCE", "MAX_YEARLY_GRAMS", "PENDING", "PUBLICITY_DEADLINE", "REFUSAL_MIN", "RENEWAL_DAYS",
    "REQUIRED_EVIDENCE", "RULES_VERSION", "SCREEN", "STATE_LABELS",
    "USE_CONDITIONS", "VERBS", "VIEW", "Evidence", "LicenceFacts", "Pause", "Procedure", "ScopeRow",
    "add_months", "condition_count", "covers", "default_term", "in_force", "in_force_at", "in_renewal_window", "licence_no",
    "licence_year", "quarter_label", "quarter_of", "quarter_span", "quarters_due", "renewal_start", "report_due",
    "spells", "state_on", "unbroken_until", "unfit", "year_span", "yearly_total",
]  # fmt: skip

APPLY, SCREEN, DECIDE, VIEW = (f"brand.licence.{v}" for v in ("apply", "screen", "decide", "view"))
# States of a case that has its number, and of one that is not decided yet.
ISSUED = ("licensed", "suspended", "expired", "withdrawn", "replaced")
PENDING = ("draft", "submitted", "returned", "accepted", "screened", "publicised", "appealed")
EXAMINERS = ("accept", "screen", "advise_against")

STATES = [
    State("draft", "草稿", "todo"),
    State("submitted", "待受理", "busy"),
    State("returned", "请补正", "todo"),
    State("accepted", "审查中", "busy"),
    State("screened", "待审定", "busy"),
    State("publicised", "公示中", "busy"),
    State("licensed", "已授权", "ok"),
    State("suspended", "已暂停", "bad"),
    State("refused", "不予授权", "bad"),
    State("appealed", "复核中", "busy"),
    State("upheld", "复核维持不予授权", "bad", final=True),
    State("abandoned", "已撤回", "none", final=True),
    State("expired", "已到期", "bad", final=True),
    State("withdrawn", "已撤销", "bad", final=True),
    State("replaced", "已换发", "none", final=True),
]
OWN, CLERK, OTHER = "申请企业", "品牌办经办", "品牌办审定（另一人）"

ASKING = [
    Move("submit", "提交申请", ["draft", "returned"], "submitted", APPLY, by="owner", guards=CONDITIONS, who=OWN),
    Move(
        "abandon", "撤回申请", ["draft", "submitted", "returned", "accepted"], "abandoned", APPLY, by="owner",
        irreversible=True, who=OWN,
    ),
    # One appeal: there is no way back to "refused" from "appealed".
    Move("appeal", "申诉", ["refused"], "appealed", APPLY, by="owner", reason=True, guards=[appeal_in_time], who=OWN),
    Move(
        "hand_back", "放弃授权", ["licensed", "suspended"], "withdrawn", APPLY, by="owner", reason=True,
        irreversible=True, who=OWN,
    ),
]  # fmt: skip
EXAMINING = [
    Move("accept", "受理", ["submitted"], "accepted", SCREEN, guards=CONDITIONS, who=CLERK),
    Move("return", "退回补正", ["submitted", "accepted"], "returned", SCREEN, reason=True, who=CLERK),
    Move(
        "screen", "审查通过", ["submitted", "accepted"], "screened", SCREEN, guards=(*CONDITIONS, site_visited),
        who=CLERK,
    ),
    Move("advise_against", "建议不予授权", ["submitted", "accepted"], "screened", SCREEN, reason=True, who=CLERK),
]  # fmt: skip
DECIDING = [
    Move("send_back", "退回重新审查", ["screened", "publicised"], "accepted", DECIDE, reason=True, who="品牌办审定"),
    Move(
        "approve", "批准", ["screened", "publicised", "appealed"], "licensed", DECIDE,
        guards=(*CONDITIONS, term_sound, publicity_over, not_the_visitor),
        not_same_person_as=[*EXAMINERS, "refuse"], who=OTHER,
    ),
    Move(
        "publicise", "拟批准并公示", ["screened", "appealed"], "publicised", DECIDE,
        guards=(*CONDITIONS, publicity_asked, not_the_visitor), not_same_person_as=[*EXAMINERS, "refuse"], who=OTHER,
    ),
    # 商标法实施条例第四条: whoever meets the conditions must be let in, so a refusal cites the unmet condition.
    Move(
        "refuse", "不予授权", ["screened", "publicised"], "refused", DECIDE, reason=True,
        guards=[grounds_cited, not_the_visitor], not_same_person_as=EXAMINERS, irreversible=True, who=OTHER,
    ),
    Move(
        "uphold", "复核维持不予授权", ["appealed"], "upheld", DECIDE, reason=True, guards=[grounds_cited, not_the_visitor],
        not_same_person_as=[*EXAMINERS, "refuse"], irreversible=True, who="品牌办审定（复核人）",
    ),
]  # fmt: skip
AFTERWARDS = [
    Move("suspend", "暂停授权", ["licensed"], "suspended", DECIDE, reason=True, who="品牌办审定"),
    Move(
        "lift", "解除暂停", ["suspended"], "licensed", DECIDE, reason=True, guards=[within_term], who="品牌办审定"
    ),
    Move(
        "withdraw", "撤销授权", ["licensed", "suspended"], "withdrawn", DECIDE, reason=True, irreversible=True,
        who="品牌办审定",
    ),
    Move("expire", "到期", ["licensed", "suspended"], "expired", None, by="system", guards=[over_term]),
    Move("replace", "换发", ["licensed"], "replaced", None, by="system"),
]  # fmt: skip

LICENCE = Workflow(
    key="brand.licence",
    label="品牌授权",
    states=STATES,
    initial="draft",
    moves=[*ASKING, *EXAMINING, *DECIDING, *AFTERWARDS],
    article="商标法实施条例第四条",
)


def yearly_total(rows: Sequence[ScopeRow]) -> int:
    """The sum of the yearly quantities, in grams."""
    return sum(row.yearly_grams for row in rows)
