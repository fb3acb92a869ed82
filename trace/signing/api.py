"""The JSON addresses of this room, as the API description tells them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.api.description import Operation, describe


class DataIntegrityProof(BaseModel):
    """eddsa-jcs-2022 (W3C VC Data Integrity EdDSA Cryptosuites)."""

    model_config = ConfigDict(populate_by_name=True)

    context: list[str] = Field(alias="@context")
    type: Literal["DataIntegrityProof"]
    cryptosuite: Literal["eddsa-jcs-2022"]
    created: str
    verificationMethod: str  # noqa: N815 - a term of the standard
    proofPurpose: Literal["assertionMethod"]  # noqa: N815 - a term of the standard
    proofValue: str  # noqa: N815 - a term of the standard


class SealedRecord(BaseModel):
    """A signed record (W3C VC 2.0); the subject's format stands in docs/record-format.md."""

    model_config = ConfigDict(populate_by_name=True)

    context: list[str] = Field(alias="@context")
    id: str
    type: list[str]
    issuer: str | dict[str, Any]
    validFrom: str  # noqa: N815 - a term of the standard
    credentialSubject: dict[str, Any]  # noqa: N815 - a term of the standard
    proof: DataIntegrityProof


class DidDocument(BaseModel):
    """A did:web document with Multikey verification methods."""

    model_config = ConfigDict(populate_by_name=True)

    context: list[str] = Field(alias="@context")
    id: str
    verificationMethod: list[dict[str, Any]]  # noqa: N815 - a term of the standard
    assertionMethod: list[str]  # noqa: N815 - a term of the standard


RECORD = ("id", "path", "string", "记录的公开编号（UUID）")

describe(
    Operation(
        path="/trace/records/{id}.json",
        method="get",
        tag="记录",
        summary="一份封存记录的原文（W3C VC 2.0，带签名）。",
        parameters=(RECORD,),
        answers={200: ("记录", "application/vc", SealedRecord)},
        errors=(404,),
    )
)
describe(
    Operation(
        path="/trace/records/{id}.tlog-proof",
        method="get",
        tag="记录",
        summary="这份记录在存证日志里的证明（C2SP tlog-proof），不联网也能核对。",
        parameters=(RECORD,),
        answers={200: ("证明", "text/plain; charset=utf-8", None)},
        errors=(404,),
    )
)
describe(
    Operation(
        path="/.well-known/did.json",
        method="get",
        tag="身份",
        summary="平台的 DID 文档。",
        answers={200: ("DID 文档", "application/did+json", DidDocument)},
        errors=(404,),
    )
)
describe(
    Operation(
        path="/org/{code}/did.json",
        method="get",
        tag="身份",
        summary="一家企业（或品牌办公室）的 DID 文档，最新一版。",
        parameters=(("code", "path", "string", "统一社会信用代码，或平台主体代码"),),
        answers={200: ("DID 文档", "application/did+json", DidDocument)},
        errors=(404,),
    )
)
describe(
    Operation(
        path="/ns/record/v1",
        method="get",
        tag="身份",
        summary="记录的 JSON-LD 上下文，只增不改。",
        answers={200: ("上下文", "application/ld+json", None)},
    )
)
