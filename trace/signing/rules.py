"""What a sealed record is made of, and what it may never hold (pure)."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from core.errors import RuleBroken, Unmet
from trace.season.rules import holds_personal_data
from trace.verify.credential import BASE_CONTEXT

KINDS = {
    "record": "封存记录", "addendum": "补充", "correction": "更正", "withdrawal": "撤回", "licence": "品牌授权",
    "series": "赋码批", "series_change": "赋码变更", "recall": "召回",
    "events": "事件清单",
}  # fmt: skip
FULL = ("record", "correction")
WITH_STATUS = ("record", "correction", "addendum", "licence")
CUSTODY = {"local": "签名密钥由平台代管", "external": "签名密钥由企业自管"}
_TYPES = {"record": "LotRecord", "correction": "LotRecord", "addendum": "LotAddendum", "withdrawal": "LotWithdrawal"}
_MACHINE_MADE = frozenset(
    {
        "id",
        "code",
        "gtin",
        "digestSRI",
        "digest",
        "record",
        "resource",
        "proof",
        "@context",
        "root",
        "credentialStatus",
        "publicHash",
    }
)
_STANDARD = frozenset(
    {
        "@context",
        "id",
        "type",
        "issuer",
        "validFrom",
        "validUntil",
        "credentialSubject",
        "relatedResource",
        "proof",
        "name",
        "credentialStatus",
        "credentialSchema",
        "statusPurpose",
        "statusListIndex",
        "statusListCredential",
        "encodedList",
    }
)
_RESOURCE_TERMS = frozenset({"mediaType", "digestSRI"})
_MORE_CONTEXTS = ("trust-v1", "events-v1", "record-v2")
REASON_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Earlier:
    """The version before: its kind, number, name and hash."""

    kind: str
    version: int
    record_id: str
    digest: bytes


def stamp(moment: datetime) -> str:
    """An instant as records write it: UTC, seconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def context_url(host: str) -> str:
    """The address of our own versioned context."""
    return f"https://{host}/ns/record/v1"


def facts_context_url(host: str) -> str:
    """The address of the context that adds the terms of facts after sealing; it repeats nothing of version 1."""
    return f"https://{host}/ns/record/v2"


def facts_schema_url(host: str) -> str:
    """The address of the JSON Schema of an addendum with facts."""
    return f"https://{host}/ns/record/v2/addendum.json"


def trust_context_url(host: str) -> str:
    """The address of the versioned context of code series and recalls."""
    return f"https://{host}/ns/trust/v1"


def events_context_url(host: str) -> str:
    """The address of the versioned context of event lists."""
    return f"https://{host}/ns/events/v1"


def events_url(host: str, public_id: object) -> str:
    """The name (and address) of the EPCIS document that an event list signs."""
    return f"{record_url(host, public_id)}/events.jsonld"


def record_url(host: str, public_id: object) -> str:
    """The name (and address) of a record."""
    return f"https://{host}/trace/records/{public_id}"


@cache
def context(name: str = "record-v1") -> dict[str, Any]:
    """A served context (``record-v1``, ``trust-v1``, ``events-v1``), as shipped with the verifier."""
    path = Path(__file__).resolve().parent.parent / "verify" / "data" / f"{name}.json"
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded


def lot_credential(
    facts: dict[str, Any],
    *,
    kind: str,
    host: str,
    record_id: str,
    issuer: str,
    now: datetime,
    earlier: Earlier | None = None,
    reason: str = "",
) -> dict[str, Any]:
    """The unsigned credential of version n of a lot's record (docs/record-format.md), random id included."""
    made: dict[str, Any] = {
        "@context": [BASE_CONTEXT, context_url(host)],
        "id": record_id,
        "type": ["VerifiableCredential", _TYPES[kind]],
        "issuer": issuer,
        "validFrom": stamp(now),
        "recordKind": kind,
        "recordVersion": earlier.version + 1 if earlier else 1,
        "credentialSubject": facts["credentialSubject"],
    }
    if "facts" in facts["credentialSubject"]:
        made["@context"].append(facts_context_url(host))
        made["credentialSchema"] = {"id": facts_schema_url(host), "type": "JsonSchema"}
    if facts.get("relatedResource"):
        made["relatedResource"] = facts["relatedResource"]
    if earlier is not None:
        digest = "sha256-" + base64.b64encode(earlier.digest).decode("ascii")
        made["previousRecord"] = {"id": earlier.record_id, "digest": digest}
        made["reason"] = reason
    return made


def key_changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """In words, what a did.json version (methods by id) changed against the one before it."""
    for name, method in after.items():
        short = name.partition("#")[2]
        was = before.get(name, {})
        if name not in before:
            yield f"启用 {short}"
        if "expires" in method and "expires" not in was:
            yield f"{short} 到期停用"
        if "revoked" in method and "revoked" not in was:
            yield f"{short} 吊销"


def addendum_facts(
    facts: dict[str, Any],
    sealed: dict[str, Any],
    statement: str,
    now: datetime,
    later: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """What an addendum says: the lot, the day, the statement, facts after sealing, tests the sealed record does not hold yet.

    Without ``later`` facts it is an addendum of version 1 as ever.
    """
    subject = facts["credentialSubject"]
    known = {json.dumps(test, sort_keys=True) for test in sealed.get("credentialSubject", {}).get("tests", [])}
    new = [test for test in subject.get("tests", []) if json.dumps(test, sort_keys=True) not in known]
    made: dict[str, Any] = {**_lot_only(subject), "statedOn": now.date().isoformat()}
    if statement or not later:
        made["statement"] = statement
    if later:
        made["facts"] = list(later)
    resources: list[Any] = []
    if new:
        made["tests"] = new
        wanted = {test.get("resource") for test in new}
        resources = [item for item in facts.get("relatedResource", []) if item.get("id") in wanted]
    return {"credentialSubject": made, "relatedResource": resources}


def withdrawal_facts(sealed: dict[str, Any]) -> dict[str, Any]:
    """What a withdrawal says: only which lot it is about; why stands in ``reason``."""
    return {"credentialSubject": _lot_only(sealed["credentialSubject"])}


def unmet_next(kind: str, earlier: Earlier | None, reason: str, *, says_nothing: bool = False) -> list[Unmet]:
    """Everything that keeps version n of ``kind`` from being sealed after ``earlier``."""
    found: list[Unmet] = []
    if kind == "addendum" and says_nothing:
        found.append(
            Unmet("trace.signing.nothing_added", "补充里还没有内容。", help="写一段补充说明，或勾选平台上记下的事。")
        )
    if kind == "record" and earlier is not None:
        found.append(Unmet("trace.signing.sealed", "这批已经封存过。", help="有新情况用补充，写错了用更正。"))
    if kind != "record" and earlier is None:
        found.append(Unmet("trace.signing.not_sealed", "这批还没有封存，谈不上补充或更正。", help="先封存。"))
    if earlier is not None and earlier.kind == "withdrawal":
        found.append(Unmet("trace.signing.withdrawn", "这份记录已经撤回，不能再追加。", help="另建批次重新封存。"))
    if kind != "record" and not reason.strip():
        found.append(
            Unmet("trace.signing.reason", f"{KINDS[kind]}要写明理由，理由会公开。", help="写清哪里变了、为什么。")
        )
    if len(reason) > REASON_LIMIT:
        found.append(
            Unmet("trace.signing.reason_long", f"理由最多 {REASON_LIMIT} 个字。", help="写短一些，细节放在附件里。")
        )
    return found


def check_public(credential: dict[str, Any]) -> None:
    """Return if the record may be public; otherwise RuleBroken with every place that looks like personal data."""
    places = list(_personal(credential, ""))
    if places:
        raise RuleBroken(
            unmet=[
                Unmet(
                    "trace.signing.personal_data",
                    f"“{place}”里像有电话或身份证号码。",
                    article="公开记录不含个人信息",
                    help="回到批次或生产记录里改掉，再来封存。",
                )
                for place in places
            ]
        )


def undefined_terms(credential: dict[str, Any]) -> set[str]:
    """Names in the record that neither VC 2.0 nor our context defines; a sealed record has none."""
    named = str(credential.get("@context", ""))
    terms = dict(context()["@context"])
    for name in _MORE_CONTEXTS:
        if f"/ns/{name.replace('-', '/')}" in named:
            terms |= context(name)["@context"]
    defined = set(terms)
    for meaning in terms.values():
        if isinstance(meaning, dict):
            defined |= set(meaning.get("@context", {}))
    resources = credential.get("relatedResource", [])
    body = {name: value for name, value in credential.items() if name not in ("proof", "relatedResource")}
    return (set(_names(body)) - defined - _STANDARD) | (set(_names(resources)) - {"id", "type"} - _RESOURCE_TERMS)


def _lot_only(subject: dict[str, Any]) -> dict[str, Any]:
    return {name: subject[name] for name in ("id", "type", "lotNo") if name in subject}


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from _names(item)
    elif isinstance(value, list):
        for item in value:
            yield from _names(item)


def _personal(value: Any, place: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            if name not in _MACHINE_MADE:
                yield from _personal(item, f"{place}.{name}" if place else name)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for number, item in enumerate(value, 1):
            yield from _personal(item, f"{place}[{number}]")
    elif isinstance(value, str) and holds_personal_data(value):
        yield place
