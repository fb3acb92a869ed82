"""Refusals about support, from the rule and from the database in the same words."""

from core.errors import NotFound, register_constraint

register_constraint("ex_admin_support_claim_once", "support.double", "同一期间已享受同类政策。", "quarter")
register_constraint("ex_admin_support_version_one_in_force", "support.version", "这段时间已有发布的版本。", "from_on")
register_constraint("uq_admin_support_payment_claim_id", "support.paid", "这笔申领已在拨付清单上。", None)


class ClaimNotFound(NotFound):
    """No such claim, or not visible to the actor."""

    default_code = "support.not_found"

    def __init__(self) -> None:
        super().__init__("没有找到这笔申领。", help="请从列表重新进入。")
