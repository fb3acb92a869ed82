"""Take events in: check every one, give those without an id their hash id, store them once.  Never commits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import orjson
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.db import db
from trace.event import check, document, eventhash, store
from trace.event import context as contexts
from trace.event.facets import canonical, facets
from trace.event.models import Capture, Master
from trace.event.problems import AlreadyExists, CaptureLimitProblem, ValidationProblem
from trace.event.store import Ready
from trace.event.tokens import Bearer

CAPTURE_LIMIT = 2000
FILE_SIZE_LIMIT = 8 * 1024 * 1024
MAX_NAMED = 20_000
MAX_URI = 1000
_INDEXED = ("read_point", "biz_location", "biz_step", "disposition", "type", "transformation_id")
_DIGEST = slice(len("ni:///sha-256;"), len("ni:///sha-256;") + 64)


@dataclass(slots=True)
class Prepared:
    """The events of a document: what can be stored by position, and every fault found."""

    ready: dict[int, Ready] = field(default_factory=dict)
    faults: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0


def fault(rule: str, pointer: str, message: str, event: int | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"rule": rule, "pointer": pointer, "message": message}
    if event is not None:
        found["event"] = event
    return found


def prepare(events: Sequence[Mapping[str, Any]], context: Any) -> Prepared:
    """Check, name and index each event; what is faulty is in ``faults`` with its position and not in ``ready``."""
    made = Prepared(count=len(events))
    rows: dict[str, int | None] = {}
    for position, event in enumerate(events):
        found = [fault(f.rule, f"/{position}{f.pointer}", f.message, position) for f in check.faults(event, context)]
        one = None if found else _ready(event, context, position, found, rows)
        made.faults += found
        if one is not None:
            made.ready[position] = one
    return made


def _ready(
    event: Mapping[str, Any], context: Any, position: int, found: list[dict[str, Any]], rows: dict[str, int | None]
) -> Ready | None:
    own = event.get("@context")
    named = contexts.compile_context(context, own) if own else contexts.compile_context(context)
    payload = {k: v for k, v in event.items() if k not in ("recordTime", "@context")}
    made = eventhash.event_id(payload, named)
    plain = document.normalise(payload, named)
    if plain != payload and eventhash.event_id(plain, named) == made:
        payload = plain  # where the reference algorithm hashes a spelling as it stands, the spelling is kept
    try:
        indexed = facets(payload, named.known)
    except (ValueError, ArithmeticError):
        found.append(fault("time", f"/{position}/eventTime", "时间或数量超出了能存的范围。", position))
        return None
    event_id = str(payload.pop("eventID", "") or made)
    words = (event_id, *(getattr(indexed, name) or "" for name in _INDEXED), *(n.uri for n in indexed.named))
    if max(map(len, words)) > MAX_URI:
        found.append(fault("length", f"/{position}", f"标识最长 {MAX_URI} 个字符。", position))
    if len(indexed.named) > MAX_NAMED:
        found.append(
            fault("length", f"/{position}", f"一个事件最多写 {MAX_NAMED:,} 个标识，请分成几个事件。", position)
        )
    if found:
        return None
    return Ready(event_id, bytes.fromhex(made[_DIGEST]), payload, indexed, _context_row(context, own, rows))


def _context_row(context: Any, own: Any, rows: dict[str, int | None]) -> int | None:
    """The row of the prefixes this event needs, asked once per document where the event has none of its own."""
    name = repr(own)
    if name not in rows:
        declared = {**contexts.namespaces(context), **(contexts.namespaces(own) if own else {})}
        rows[name] = store.context_id([declared] if declared else None)
    return rows[name]


def refuse_size() -> NoReturn:
    """CaptureLimitProblem with the limit in words."""
    raise CaptureLimitProblem(f"一次最多 {FILE_SIZE_LIMIT // 1024 // 1024} MB。", help="把事件分成几份，一份一份送。")


def read_document(body: bytes, content_type: str) -> Any:
    """The parsed document; CaptureLimitProblem above the announced limits, the room's typed errors where unreadable."""
    if len(body) > FILE_SIZE_LIMIT:
        refuse_size()
    parsed = document.parse(body, content_type)
    if len(parsed.events) > CAPTURE_LIMIT:
        raise CaptureLimitProblem(
            f"一次最多 {CAPTURE_LIMIT:,} 个事件，这份有 {len(parsed.events):,} 个。", help="分成几份送。"
        )
    return parsed


def capture(body: bytes, content_type: str, bearer: Bearer, *, behaviour: str = "rollback") -> Capture:
    """A finished capture job.  ``rollback``: one faulty event and nothing is stored; ``proceed``: the others are stored.

    A document that breaks a rule is refused as a whole under ``rollback`` (ValidationProblem with every fault).  Events
    that are there already are no error: sending again changes nothing.
    """
    assert bearer.organisation_id is not None
    parsed = read_document(body, content_type)
    prepared = prepare(parsed.events, parsed.context)
    if prepared.faults and behaviour == "rollback":
        raise ValidationProblem(
            f"{_faulty(prepared)} 个事件不合要求，一个也没有保存。",
            help="按列出的位置改正后整份重新送。只想先收下合格的，请求头写 GS1-Capture-Error-Behaviour: proceed。",
            faults=prepared.faults,
        )
    job = Capture(
        organisation_id=bearer.organisation_id, token_id=bearer.token_id, created_at=clock.now(), finished_at=None,
        success=True, behaviour=behaviour, received=prepared.count, stored=0, known=0, errors=list(prepared.faults),
    )  # fmt: skip
    db.session.add(job)
    db.session.flush()
    positions = sorted(prepared.ready)
    try:
        with db.session.begin_nested():
            outcome = store.store(
                [prepared.ready[n] for n in positions], organisation_id=bearer.organisation_id, source="api",
                now=job.created_at, capture=job.id,
            )  # fmt: skip
            if outcome.taken and behaviour == "rollback":
                raise _RolledBack
            job.stored, job.known = len(outcome.stored), len(outcome.known)
            keep_master_data(_vocabularies(body), bearer.organisation_id)
    except _RolledBack:
        job.stored = job.known = 0
    job.errors = [*job.errors, *(_taken(positions[n]) for n in outcome.taken)]
    job.success = not job.errors
    job.finished_at = clock.now()
    db.session.flush()
    return job


class _RolledBack(Exception):
    """All of the document goes back, the job stays."""


def _faulty(prepared: Prepared) -> int:
    return prepared.count - len(prepared.ready)


def _taken(position: int) -> dict[str, Any]:
    return fault("eventID", f"/{position}/eventID", "这个 eventID 已经属于另一个内容不同的事件。", position)


def capture_one(body: bytes, content_type: str, bearer: Bearer) -> Ready:
    """The single event of the body, stored; AlreadyExists where it was there, ValidationProblem with every fault."""
    assert bearer.organisation_id is not None
    parsed = read_document(body, content_type)
    if len(parsed.events) != 1:
        raise ValidationProblem("这里一次送一个事件。", help="多个事件请送到 /epcis/capture。")
    prepared = prepare(parsed.events, parsed.context)
    if prepared.faults:
        raise ValidationProblem("事件不合要求，没有保存。", help="按列出的位置改正后重新送。", faults=prepared.faults)
    one = prepared.ready[0]
    outcome = store.store([one], organisation_id=bearer.organisation_id, source="api", now=clock.now())
    if not outcome.stored:
        raise AlreadyExists(
            f"事件 {one.event_id} 已经有了。"
            if outcome.known
            else f"编号 {one.event_id} 已经属于另一个内容不同的事件。",
            help="同一个事件不用再送；内容不同的，换一个 eventID，或者不写 eventID。",
        )
    return one


def _vocabularies(body: bytes) -> list[dict[str, Any]]:
    """The vocabulary list of a checked JSON document's header; empty where it has none."""
    if b'"epcisMasterData"' not in body:
        return []
    header = orjson.loads(body).get("epcisHeader") or {}
    return list((header.get("epcisMasterData") or {}).get("vocabularyList") or ())


def keep_master_data(vocabularies: Iterable[Mapping[str, Any]], organisation_id: int) -> None:
    """Afterwards places and parties of a document's header are known to the organisation, newer attributes winning."""
    rows: dict[str, dict[str, Any]] = {}
    for vocabulary in vocabularies:
        for element in vocabulary.get("vocabularyElementList") or ():
            uri = canonical(str(element["id"]))
            attributes = {str(a.get("id")): a.get("attribute") for a in element.get("attributes") or ()}
            children = [canonical(str(child)) for child in element.get("children") or ()]
            rows[uri] = {
                "organisation_id": organisation_id, "uri": uri[:MAX_URI], "vocabulary": str(vocabulary.get("type", "")),
                "attributes": attributes, "children": children,
            }  # fmt: skip
    if rows:
        made = insert(Master).values([rows[uri] for uri in sorted(rows)])
        db.session.execute(
            made.on_conflict_do_update(
                index_elements=["organisation_id", "uri"],
                set_={"attributes": made.excluded.attributes, "children": made.excluded.children},
            )
        )
