"""EPCIS events shown to be the very ones an enterprise listed for a lot, signed and logged, with nothing but files.

The statement (a credential of type ``LotEventList``) names every public event of the lot in order: its event hash id
(CBV 2.0 8.9, of the whole event as captured), the hash id of its public part, and the SHA-256 of the public part's
canonical bytes; ``relatedResource`` holds the SHA-256 of the whole EPCIS document.  An EPCISDocument must be that
document, so an event changed, dropped, added or moved is found and named.  A query answer or a single event passes where
each of its events stands in the list, whatever their order.
"""

from __future__ import annotations

import argparse
import base64
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .canonical import canonical_hash, parse_object
from .reasons import SENTENCES, Reason, VerificationError
from .verifier import Verified, verify

CREDENTIAL_TYPE = "LotEventList"
WHOLE = "EPCISDocument"
QUERY = "EPCISQueryDocument"
NOT_COUNTED = ("@context", "recordTime")  # where an event stands, not what it says
_DIGEST = re.compile(r"sha256-[A-Za-z0-9+/]{43}=")
_HASH_ID = re.compile(r"ni:///sha-256;[0-9a-f]{64}\?ver=CBV2\.0")


@dataclass(frozen=True, slots=True)
class Listed:
    """One event as the statement names it."""

    event_id: str
    digest: str


@dataclass(frozen=True, slots=True)
class Claims:
    """What the statement says: the lot, its events in order, the digest of the whole document."""

    lot: str
    events: tuple[Listed, ...]
    document: str


@dataclass(frozen=True, slots=True)
class VerifiedEvents:
    """What has been shown: ``shown`` events of the ``count`` that ``lot`` had when the list was signed; all where whole."""

    lot: str
    shown: int
    count: int
    whole: bool
    statement: Verified


def digest_of(value: Any) -> str:
    """SHA-256 of the canonical bytes, as ``sha256-…`` in base64 (the form of digestSRI)."""
    return "sha256-" + base64.b64encode(canonical_hash(value)).decode("ascii")


def event_digest(event: dict[str, Any]) -> str:
    """The digest of one event; its own ``@context`` and ``recordTime`` do not count."""
    return digest_of({name: value for name, value in event.items() if name not in NOT_COUNTED})


def verify_events(document: bytes, statement: bytes, **files: Any) -> VerifiedEvents:
    """Check the signed list (``files`` as for ``verify``), then the events against it; ``events_differ`` names the first."""
    shown = verify(statement, **files)
    claims = claims_of(parse_object(statement))
    number, whole = compare(parse_object(document), claims)
    return VerifiedEvents(claims.lot, number, len(claims.events), whole, shown)


def claims_of(signed: dict[str, Any]) -> Claims:
    """The list a statement makes; ``bad_json`` where it is none."""
    types = signed.get("type", [])
    subject = signed.get("credentialSubject")
    if CREDENTIAL_TYPE not in (types if isinstance(types, list) else [types]) or not isinstance(subject, dict):
        raise _bad(f"the credential is no {CREDENTIAL_TYPE}")
    events = subject.get("events")
    if not isinstance(events, list) or not events:
        raise _bad("the credential lists no events")
    resources = signed.get("relatedResource")
    if not isinstance(resources, list) or len(resources) != 1 or not isinstance(resources[0], dict):
        raise _bad("the credential names no one document")
    document = resources[0].get("digestSRI")
    if not _fits(_DIGEST, document):
        raise _bad("the document has no digest")
    return Claims(str(subject.get("id", "")), tuple(_listed(event) for event in events), str(document))


def _listed(event: Any) -> Listed:
    if not isinstance(event, dict) or not _fits(_HASH_ID, event.get("id")) or not _fits(_DIGEST, event.get("digest")):
        raise _bad("an event of the list lacks its hash id or digest")
    return Listed(event["id"], event["digest"])


def compare(document: dict[str, Any], claims: Claims) -> tuple[int, bool]:
    """How many events were found, and whether they are the whole list; ``events_differ`` where one does not fit."""
    kind = document.get("type")
    if kind == WHOLE:
        events = _events(document.get("epcisBody"))
        _compare_all(events, claims.events)
        if digest_of(document) != claims.document:
            raise _differ("the events fit, but the document's head was changed")
        return len(events), True
    if kind == QUERY:
        body = document.get("epcisBody")
        results = body.get("queryResults") if isinstance(body, dict) else None
        events = _events(results.get("resultsBody") if isinstance(results, dict) else None)
    else:
        events = [document]
    known = {(one.event_id, one.digest) for one in claims.events}
    for number, event in enumerate(events, 1):
        if (_id(event), event_digest(event)) not in known:
            raise _differ(f"event {number} ({_id(event)}) does not stand in the list, or not with these words")
    return len(events), False


def _events(body: Any) -> list[dict[str, Any]]:
    events = body.get("eventList") if isinstance(body, dict) else None
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise _bad("the document has no list of events")
    return events


def _compare_all(events: list[dict[str, Any]], listed: tuple[Listed, ...]) -> None:
    given = [Listed(_id(event), event_digest(event)) for event in events]
    for number, (mine, theirs) in enumerate(zip(given, listed, strict=False), 1):
        if mine == theirs:
            continue
        if mine in listed and theirs in given:
            raise _differ(f"event {number} stands in another place")
        if mine.event_id == theirs.event_id:
            raise _differ(f"event {number} ({mine.event_id}) was changed")
        if mine not in listed and theirs in given:
            raise _differ(f"event {number} ({mine.event_id}) was added")
        if theirs not in given and mine in listed:
            raise _differ(f"event {number} of the list ({theirs.event_id}) is missing")
        raise _differ(f"event {number} is another one than the list names")
    if len(given) < len(listed):
        raise _differ(f"{len(listed) - len(given)} events at the end are missing")
    if len(given) > len(listed):
        raise _differ(f"{len(given) - len(listed)} events were added at the end")


def _id(event: dict[str, Any]) -> str:
    return str(event.get("eventID", ""))


def _fits(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _bad(detail: str) -> VerificationError:
    return VerificationError(Reason.BAD_JSON, detail)


def _differ(detail: str) -> VerificationError:
    return VerificationError(Reason.EVENTS_DIFFER, detail)


def build_parser() -> argparse.ArgumentParser:
    """The command line of ``events``, with Chinese help."""
    parser = argparse.ArgumentParser(
        prog="trace.verify events", description="核对一批货的事件是不是签名清单里的那些，只读文件，不连网络。"
    )
    parser.add_argument(
        "events", type=Path, metavar="EVENTS.jsonld", help="事件文件：整份 EPCIS 文件、查询结果或单个事件"
    )
    parser.add_argument("--statement", type=Path, required=True, metavar="STATEMENT.json", help="签了名的事件清单")
    parser.add_argument("--proof", type=Path, required=True, metavar="FILE.tlog-proof", help="清单的日志证明")
    parser.add_argument("--did", type=Path, required=True, metavar="DID.json", help="签名人公布的身份文件")
    parser.add_argument("--log-key", required=True, metavar="VKEY", help="日志公钥，一行文字，或存有它的文件")
    parser.add_argument("--ending-did", type=Path, metavar="DID.json", help="密钥已停用时：停用它的那一版身份文件")
    parser.add_argument("--ending-proof", type=Path, metavar="FILE.tlog-proof", help="密钥已停用时：那一版的日志证明")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the check; 0 and one line, 1 with the reason code, 2 for wrong usage."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    try:
        log_key = options.log_key if "+" in options.log_key else Path(options.log_key).read_text("utf-8")
        files = {
            "log_proof": options.proof.read_bytes(),
            "did_document": options.did.read_bytes(),
            "ending_document": options.ending_did.read_bytes() if options.ending_did else None,
            "ending_proof": options.ending_proof.read_bytes() if options.ending_proof else None,
        }
        document, statement = options.events.read_bytes(), options.statement.read_bytes()
    except (OSError, UnicodeDecodeError, ValueError) as error:
        parser.error(f"文件读不出来：{error}")
    try:
        found = verify_events(document, statement, log_key=log_key, **files)
    except VerificationError as error:
        print(error.reason.value)
        print(f"{SENTENCES[error.reason]} ({error.detail})", file=sys.stderr)
        return 1
    signed = found.statement
    said = (
        f"清单里的 {found.count} 个事件一个不差"
        if found.whole
        else f"这 {found.shown} 个事件都在清单的 {found.count} 个之中"
    )
    place = f"日志 {signed.log} 第 {signed.index} 条，共 {signed.tree_size} 条"
    print(f"ok 批次 {found.lot}，{said}，签名人 {signed.issuer}，{place}")
    return 0
