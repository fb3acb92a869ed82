"""Refusals about requests for a change."""

from core.errors import NotFound, register_constraint

register_constraint("uq_admin_change_change_open", "change.open", "本单位已有一份在办的变更申请。", "kind")


class ChangeNotFound(NotFound):
    """No such request, or not visible to the actor."""

    default_code = "change.not_found"

    def __init__(self) -> None:
        super().__init__("没有找到这份变更申请。", help="请从列表重新进入。")
