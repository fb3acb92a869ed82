"""Who may offer, and who reviews offers."""

from __future__ import annotations

from core.account.permissions import declare

EDIT = declare("shop.catalogue.edit", "编辑和提交本单位商品", roles=("owner", "operator"))
REVIEW = declare("shop.catalogue.review", "审核商品上架", roles=("office_clerk", "office_head"))
