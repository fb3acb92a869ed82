"""Refusals about values of the town."""

from core.errors import ConstraintText, NotFound, register_constraint

OPEN = ConstraintText("policy.open", "这一项已有一份待审定的提议，先等它办完，或请提议单位撤回。", "value")
register_constraint("uq_core_policy_change_open", OPEN.code, OPEN.message, OPEN.field)
register_constraint("ck_core_policy_value_never_backwards", "policy.backwards", "已经开始的日子不改，换一个生效日。")


class KeyNotFound(NotFound):
    """No room declares this key."""

    default_code = "policy.key_not_found"

    def __init__(self) -> None:
        super().__init__("没有这个规则项。", help="请从列表重新进入。")


class ChangeNotFound(NotFound):
    """No such proposal."""

    default_code = "policy.change_not_found"

    def __init__(self) -> None:
        super().__init__("没有找到这份提议。", help="请从列表重新进入。")
