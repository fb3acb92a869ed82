"""The JSON addresses of this room, as the API description tells them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from core.api.description import Operation, describe


class UnitProof(BaseModel):
    """One unit of a code series, provable without us (TRUST 5; checked by ``python -m trace.verify unit``)."""

    format: Literal["yidun.unit-proof/v1"]
    serial: str = Field(pattern="^[0-9A-HJKMNP-TV-Z]{13}$")
    blind: str = Field(pattern="^[0-9a-f]{32}$")
    index: int = Field(ge=0)
    path: list[str]
    credential: dict[str, Any]
    logProof: str = ""  # noqa: N815 - the file's own name


describe(
    Operation(
        path="/trace/series/{id}/units/{serial}.proof",
        method="get",
        tag="记录",
        summary="一件商品的编号证明：编号、盲值、路径、赋码批的签名记录和日志证明，不联网也能核对。",
        parameters=(
            ("id", "path", "string", "赋码批的公开编号（UUID）"),
            ("serial", "path", "string", "13 位编号"),
        ),
        answers={200: ("编号证明", "application/json", UnitProof)},
        errors=(404,),
    )
)
