"""Refusals about licences."""

from __future__ import annotations

from core.errors import Conflict, NotFound, register_constraint

OVERLAP = "同一品种、形态和规格已有在有效期内的授权。"


class LicenceNotFound(NotFound):
    """No such licence, or not visible to the actor."""

    default_code = "licence.not_found"

    def __init__(self) -> None:
        super().__init__("没有找到这份授权或申请。", help="请从列表重新进入。")


class NotEditable(Conflict):
    """The application is being examined or decided; its content stands."""

    default_code = "licence.not_editable"

    def __init__(self) -> None:
        super().__init__("申请已经提交，内容不能改。", help="等品牌办公室退回补正，或者先撤回申请再重新填。")


register_constraint("ex_brand_licence_scope_one_live", "licence.overlap", OVERLAP)
register_constraint(
    "uq_brand_licence_scope_licence_id_variety_form_specification",
    "licence.row_twice",
    "这一行已经加过了。",
    "specification",
)
register_constraint("tg_brand_licence_scope_frozen", "licence.frozen", "已批准的范围不能改，只能撤销后重新申请。")
