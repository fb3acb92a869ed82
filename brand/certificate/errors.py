"""Refusals about certificates."""

from __future__ import annotations

from core.errors import Conflict, NotFound, register_constraint

TAKEN = "这份证书已经登记过。"


class CertificateNotFound(NotFound):
    """No such certificate, or not visible to the actor."""

    default_code = "certificate.not_found"

    def __init__(self) -> None:
        super().__init__("没有找到这份证书。", help="请从列表重新进入。")


class NotEditable(Conflict):
    """Somebody compares the certificate with the register, or it stands."""

    default_code = "certificate.not_editable"

    def __init__(self) -> None:
        super().__init__(
            "证书已经提交，内容不能改。", help="待核对的先“取回修改”；已核对的有变化，登记换发后的新证书。"
        )


register_constraint("uq_brand_certificate_certificate_entry", "certificate.taken", TAKEN, "number")
register_constraint(
    "uq_brand_certificate_certificate_renews_id",
    "certificate.renewed",
    "这张证书已经登记过续期，请在列表里打开续期的那一张接着办。",
)
register_constraint(
    "uq_brand_certificate_product_certificate_id_variety_form",
    "certificate.product_twice",
    "这个产品已经加过了，要改数量请先删去原来那行。",
    "variety",
)
register_constraint(
    "tg_brand_certificate_check_frozen", "certificate.check_frozen", "核对记录不能改，有变化请再核对一次，另记一条。"
)
