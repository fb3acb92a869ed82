"""Refusals about applications for entry."""

from __future__ import annotations

from core.errors import Conflict, NotFound, register_constraint

RIVAL = "这个统一社会信用代码已有在办的申请。"


class ApplicationNotFound(NotFound):
    """No such application, or not visible to the actor."""

    default_code = "enterprise.application_not_found"

    def __init__(self) -> None:
        super().__init__("没有找到这份申请。", help="请从列表重新进入。")


class NotEditable(Conflict):
    """The application has been sent; its content stands."""

    default_code = "enterprise.not_editable"

    def __init__(self) -> None:
        super().__init__("申请已经提交，内容不能改。", help="等经办人退回补正以后再改。")


register_constraint("uq_admin_enterprise_application_open_code", "enterprise.rival", RIVAL, "code")
register_constraint(
    "uq_admin_enterprise_conditions_version", "enterprise.version_taken", "这个版本已经发布过。", "version"
)
