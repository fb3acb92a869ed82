"""Refusals about misuse cases."""

from __future__ import annotations

from core.errors import NotFound, register_constraint


class CaseNotFound(NotFound):
    """No such case, or not visible to the actor."""

    default_code = "misuse.not_found"

    def __init__(self) -> None:
        super().__init__("没有找到这件案子。", help="请从列表重新进入。")


register_constraint("tg_brand_misuse_custody_frozen", "misuse.custody_frozen", "交接记录不能改。")
register_constraint("tg_brand_misuse_evidence_frozen", "misuse.evidence_frozen", "封存的证据不能改，只能再加。")
register_constraint(
    "uq_brand_misuse_case_one_undecided", "misuse.case_open",
    "这个商品同一种标志、同一类不当使用已有一件在办的案子，请到那件案子里接着办。", "misuse",
)  # fmt: skip
