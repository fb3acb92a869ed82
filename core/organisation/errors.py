"""Refusals about organisations."""

from __future__ import annotations

from core.errors import Conflict, register_constraint

CODE_TAKEN = "这个统一社会信用代码已经入驻。"


class CodeTaken(Conflict):
    """Another organisation has this code."""

    default_code = "organisation.code_taken"

    def __init__(self) -> None:
        super().__init__(CODE_TAKEN, field="code", help="请本单位负责人在“本单位”里把你加为成员，或联系e镇办公室。")


register_constraint("uq_core_organisation_organisation_code", "organisation.code_taken", CODE_TAKEN, "code")
