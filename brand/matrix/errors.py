"""Refusals about brands."""

from __future__ import annotations

from core.errors import Conflict, register_constraint

NAME_TAKEN = "已经有这个名称的品牌。"


class NameTaken(Conflict):
    """Another brand has this name or key."""

    default_code = "brand.name_taken"


register_constraint("uq_brand_matrix_brand_name", "brand.name_taken", NAME_TAKEN, "name")
register_constraint("uq_brand_matrix_brand_key", "brand.name_taken", NAME_TAKEN, "name")
