"""Refusals about licences."""

from __future__ import annotations

from core.errors import Conflict, NotFound, RuleBroken, register_constraint

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


class NotExamined(Conflict):
    """The office examines a sent application only, until it is screened."""

    default_code = "licence.not_examined"

    def __init__(self) -> None:
        super().__init__(
            "这件申请不在审查中，不能再约核查，也不能再记核查结果或专家意见。", help="刷新页面，看它现在办到哪一步。"
        )


class CaseOpen(Conflict):
    """A renewal or change of the licence is under way."""

    default_code = "licence.case_open"

    def __init__(self, kind: str) -> None:
        super().__init__(f"这份授权已有一件{kind}在办。", help="到“品牌授权”的列表里打开那件申请，接着办。")


class VisitNotOpen(Conflict):
    """The visit has its result, or was cancelled."""

    default_code = "licence.visit_done"

    def __init__(self) -> None:
        super().__init__("这次核查已经有结果，不能再改。", help="要再去一次，另约一次核查。")


class NoLicence(Conflict):
    """Nothing in force covers the product today: no mark, no quota."""

    default_code = "licence.none"

    def __init__(self) -> None:
        super().__init__(
            "这个商品现在没有有效的品牌授权，不能带品牌标志。", help="不带品牌标志赋码，或先申请、续期授权。"
        )


class QuotaShort(RuleBroken):
    """The quota of the licence year, or the partner's share of it, does not hold so many labels."""

    default_code = "licence.quota_short"


register_constraint("ex_brand_licence_scope_one_live", "licence.overlap", OVERLAP)
register_constraint(
    "uq_brand_licence_scope_licence_id_variety_form_specification",
    "licence.row_twice",
    "这一行已经加过了，要改数量请先删去原来那行。",
    "specification",
)
register_constraint("tg_brand_licence_scope_frozen", "licence.frozen", "已批准的范围不能直接改，要增减请办授权变更。")
register_constraint(
    "ck_brand_licence_quota_not_overdrawn",
    "licence.quota_short",
    "授权的全年数量不够了，请减少张数，或先申请变更数量。",
    "count",
)
register_constraint(
    "ck_brand_licence_sublicence_not_overdrawn",
    "licence.quota_short",
    "合作约定的数量不够了，请减少张数，或请被授权企业增加约定的数量。",
    "count",
)
register_constraint("uq_brand_licence_draw_source", "licence.drawn_twice", "这一批已经扣过数量，不会再扣，请刷新页面。")
register_constraint(
    "uq_brand_licence_licence_one_open_case", "licence.case_open", "这份授权已有一件同类申请在办，请打开那件接着办。"
)
register_constraint(
    "uq_brand_licence_suspension_one_open", "licence.suspended_twice", "这份授权已经暂停，不用再办，请刷新页面。"
)
register_constraint(
    "uq_brand_licence_review_licence_id_year_no", "licence.reviewed_twice", "这个授权年度已经审核过，请刷新页面看结果。"
)
register_constraint(
    "uq_brand_licence_procedure_version", "licence.procedure_twice", "刚才有人也改了办理程序，请刷新后再看。"
)
