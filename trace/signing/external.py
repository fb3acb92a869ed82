"""Signing outside the platform: the package an enterprise downloads, and the signed document it uploads.

Nothing is kept in between.  What comes back must say exactly what sealing would say now, so a package that was
downloaded before the lot was changed is refused.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.errors import BadInput
from trace.signing.canonical import canonical_bytes, parse_object
from trace.signing.proof import Draft
from trace.verify.proof import take_apart
from trace.verify.reasons import VerificationError

KEPT_FOR = timedelta(days=7)
HOW = (
    "用安装包里的命令：yidun-sign sign 本文件 --key 密钥文件 --out 签好的文件。不用它时：toSign 是 canonicalProof 和 "
    "canonicalDocument 各取 SHA-256 再相连（64 字节，十六进制），用 Ed25519 私钥签它；签名 64 字节写成 z 加 base58btc，"
    "作为 proofValue 放进 proof，再把 document 加上 proof，就是要上传的文件。"
)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A document signed elsewhere, taken apart; nothing of it is trusted yet."""

    public_id: uuid.UUID
    moment: datetime
    kind: str
    reason: str
    statement: str
    facts: list[dict[str, Any]]
    proof_value: str
    document: dict[str, Any]
    options: dict[str, Any]


def package(draft: Draft) -> bytes:
    """The file to download: document and proof options, their canonical bytes, and the 64 bytes to be signed."""
    body = {
        "document": draft.document,
        "proof": draft.options,
        "canonicalDocument": canonical_bytes(draft.document).decode(),
        "canonicalProof": canonical_bytes(draft.options).decode(),
        "toSign": draft.to_sign.hex(),
        "how": HOW,
    }
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def read(data: str, *, now: datetime) -> Uploaded:
    """The uploaded document; BadInput where it is no signed record or its package is older than seven days."""
    try:
        signed = parse_object(data)
        take_apart(signed)
        document = {name: value for name, value in signed.items() if name != "proof"}
        options = {name: value for name, value in signed["proof"].items() if name != "proofValue"}
        public_id = uuid.UUID(str(document["id"]).rpartition("/")[2])
        moment = datetime.fromisoformat(str(document["validFrom"]))
        subject = document["credentialSubject"]
        statement, facts = str(subject.get("statement", "")), list(subject.get("facts", []))
    except (VerificationError, KeyError, ValueError, AttributeError, TypeError):
        raise BadInput(
            "这不是签好的记录文件。",
            code="signing.upload_malformed",
            field="signed",
            help="把 document 加上 proof 的整个 JSON 贴进来。",
        ) from None
    if moment.tzinfo is None or public_id.version != 4 or not now - KEPT_FOR <= moment <= now:
        raise BadInput(
            "这份待签内容已经过了 7 天，或时间不对。",
            code="signing.upload_stale",
            field="signed",
            help="重新下载待签内容再签。",
        )
    return Uploaded(
        public_id, moment, str(document.get("recordKind", "")), str(document.get("reason", "")), statement, facts,
        signed["proof"]["proofValue"], document, options,
    )  # fmt: skip


def refuse_other_words(uploaded: Uploaded, draft: Draft) -> None:
    """Return if the uploaded document says exactly what ``draft`` says; otherwise BadInput."""
    same = canonical_bytes(uploaded.document) == canonical_bytes(draft.document)
    if not same or canonical_bytes(uploaded.options) != canonical_bytes(draft.options):
        raise BadInput(
            "签的内容和现在的批次不一致，可能下载以后又改过。",
            code="signing.upload_differs",
            field="signed",
            help="重新下载待签内容，核对后再签。",
        )
