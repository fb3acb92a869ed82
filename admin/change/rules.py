"""What a change of identity needs, and its workflow (pure)."""

from __future__ import annotations

from dataclasses import dataclass

from core import identifiers
from core.errors import BadInput, Unmet
from core.workflow.table import Move, State, Workflow

KINDS = {"name": "变更名称", "code": "变更统一社会信用代码", "merge": "并入另一家单位"}
ASK, AGREE, SCREEN, DECIDE, VIEW = (f"admin.change.{v}" for v in ("ask", "agree", "screen", "decide", "view"))
OWN, CLERK, OTHER = "企业负责人", "经办人", "审定人（另一人）"
CONSEQUENCES = {
    "name": ["签名身份不变，授权继续有效，品牌办会换发授权书；公开页会写明原名称和变更日期。"],
    "code": ["原代码下的签名密钥停用、品牌授权终止；要用新代码新建密钥、重新申请授权。以前签的记录照样有效。"],
    "merge": ["并入的单位从此不能再办理，密钥停用、授权终止；它登记的种植户转到接收单位，记录委托要重新登记。"],
}


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """What is decided on, read under the row lock."""

    kind: str
    name_now: str
    new_name: str = ""
    code_now: str = ""
    new_code: str = ""
    code_taken: bool = False
    into_name: str = ""
    into_active: bool = True
    agreed: bool = False
    has_paper: bool = False
    basis: str = ""
    running_lease: bool = False


def complete(facts: ChangeFacts) -> list[Unmet]:
    """What is asked is possible, different from what is, and has its paper."""
    found: list[Unmet] = []
    if facts.kind == "name":
        if not 2 <= len(facts.new_name) <= 60:
            found.append(Unmet("BG-01", "还没有填新名称（2 到 60 个字）。", help="照变更后的营业执照填写。", who=OWN))
        elif facts.new_name == facts.name_now:
            found.append(Unmet("BG-02", "新名称和现在的名称一样。", help="核对变更通知书。", who=OWN))
    if facts.kind == "code":
        found += _code_faults(facts)
    if facts.kind == "merge" and (not facts.into_name or not facts.into_active):
        found.append(Unmet("BG-05", "没有填接收单位，或它已不在册。", help="填接收单位的统一社会信用代码。", who=OWN))
    if not facts.has_paper:
        found.append(Unmet("BG-06", "缺登记机关的变更通知书或合并协议。", help="上传照片或 PDF。", who=OWN))
    if not facts.basis:
        found.append(Unmet("BG-07", "还没有写依据。", help="写通知书或协议的名称、编号和日期。", who=OWN))
    return found


def _code_faults(facts: ChangeFacts) -> list[Unmet]:
    try:
        code = identifiers.check_uscc(facts.new_code)
    except BadInput as wrong:
        return [Unmet("R82", wrong.message, "方案第五部分（十）", wrong.help, OWN)]
    if code == facts.code_now:
        return [Unmet("BG-03", "新代码和现在的代码一样。", help="核对变更后的营业执照。", who=OWN)]
    if facts.code_taken:
        return [Unmet("BG-04", "这个代码已有单位入驻。", help="两家要合成一家的，请改为申请合并。", who=OWN)]
    return []


def other_party_agreed(facts: ChangeFacts) -> list[Unmet]:
    """A merger needs the word of the one that goes on."""
    if facts.kind != "merge" or facts.agreed:
        return []
    return [
        Unmet(
            "BG-08",
            f"{facts.into_name}还没有同意接收。",
            help="请它的负责人在“变更名称、代码、合并”里同意。",
            who="接收单位负责人",
        )
    ]


def no_running_lease(facts: ChangeFacts) -> list[Unmet]:
    """Who merges away hands its unit back first."""
    if facts.kind != "merge" or not facts.running_lease:
        return []
    return [Unmet("BG-09", "并入的单位还有在租单元。", "方案第八部分", "先办退租交接，再批准合并。", CLERK)]


CHANGE = Workflow(
    key="admin.change",
    label="变更申请",
    states=[
        State("draft", "草稿", "todo"),
        State("submitted", "待受理", "busy"),
        State("returned", "请补正", "todo"),
        State("screened", "待审定", "busy"),
        State("done", "已变更", "ok", final=True),
        State("refused", "不予变更", "bad", final=True),
        State("dropped", "已撤回", "none", final=True),
    ],
    initial="draft",
    moves=[
        Move("submit", "提交", ["draft", "returned"], "submitted", ASK, by="owner", guards=[complete], who=OWN),
        Move("drop", "撤回", ["draft", "submitted", "returned"], "dropped", ASK, by="owner", irreversible=True, who=OWN),
        Move("agree", "同意接收", ["submitted", "screened"], "=", AGREE, by="owner", who="接收单位负责人"),
        Move("return", "退回补正", ["submitted", "screened"], "returned", SCREEN, reason=True, who=CLERK),
        Move("screen", "受理", ["submitted"], "screened", SCREEN, guards=[complete], who=CLERK),
        Move(
            "approve", "批准变更", ["screened"], "done", DECIDE,
            guards=[complete, other_party_agreed, no_running_lease], not_same_person_as=["screen"],
            irreversible=True, who=OTHER,
        ),
        Move("refuse", "不予变更", ["screened"], "refused", DECIDE, reason=True, not_same_person_as=["screen"], irreversible=True, who=OTHER),
    ],
)  # fmt: skip
