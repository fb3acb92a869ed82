"""Refusals of imports, from the rule and from the database in the same words."""

from __future__ import annotations

from core.errors import NotFound, register_constraint

register_constraint(
    "uq_admin_intake_row_waiting_code", "intake.waiting", "这个代码已有一份预填的申请在等接手。", "code"
)


class ImportNotFound(NotFound):
    """No such import, or not on the actor's desk."""

    default_code = "intake.not_found"

    def __init__(self) -> None:
        super().__init__("没有找到这次导入。", help="请从“批量导入”的列表重新进入。")


class OfferGone(NotFound):
    """The link was never there, was used, ended or taken back: the same words for all."""

    default_code = "intake.offer_gone"

    def __init__(self) -> None:
        super().__init__("这个链接不能用了：可能已经接手、过期或被收回。", help="请联系e镇办公室重新发一份。")
