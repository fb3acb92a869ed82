"""EPCIS events: capture per second with shares of time, against a bare bulk insert; query p95 and a forward trace.

Runs on a database of its own in the test cluster.  ``BENCH_FULL=1``: 1,000,000 stored events (some minutes of filling);
without it 30,000.  Capture is counted per second of processor time (ours and the back end's, which take turns); queries by the clock.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from results import Result
from sqlalchemy import text

from core import clock
from core.db import db, unit_of_work
from core.gs1.check import check_digit
from tests.support import applications, databases
from tests.support.people import People
from trace.event import capture, context, document, eventhash, graph, queries, store
from trace.event import check as checking
from trace.event.facets import facets, key_of
from trace.event.parameters import read
from trace.event.queries import Place, Scope

EVENTS = 1_000_000 if os.environ.get("BENCH_FULL") else 30_000
DOCUMENTS, PER_DOCUMENT = (16, 500) if os.environ.get("BENCH_FULL") else (6, 500)
ASKED = 200
GTIN = "0950600013435" + check_digit("0950600013435")
CONTEXT = [context.EPCIS_CONTEXT, {"yd": "https://demo.yidun.example/voc/"}]


def _event(number: int) -> dict[str, Any]:
    """The steps of fruit by turns: harvest, packing, cartons, shipping with parties, a logger's reading."""
    at = (datetime(2026, 10, 1, tzinfo=UTC) + timedelta(seconds=7 * number)).isoformat()
    lot, serial = f"https://id.gs1.org/01/{GTIN}/10/L{number // 50}", f"https://id.gs1.org/01/{GTIN}/21/S{number}"
    base: dict[str, Any] = {
        "eventTime": at,
        "eventTimeZoneOffset": "+08:00",
        "readPoint": {"id": "https://id.gs1.org/414/9521321000018/254/P1"},
    }
    kind = number % 5
    if kind == 0:
        return {**base, "type": "ObjectEvent", "action": "ADD", "bizStep": "creating_class_instance", "disposition": "active",
                "quantityList": [{"epcClass": lot, "quantity": 812.5, "uom": "KGM"}],
                "ilmd": {"cbvmda:lotNumber": f"L{number // 50}", "yd:harvestFirstDate": "2026-10-01"}}  # fmt: skip
    if kind == 1:
        return {**base, "type": "TransformationEvent", "bizStep": "creating_class_instance", "disposition": "active",
                "inputQuantityList": [{"epcClass": lot, "quantity": 120, "uom": "KGM"}],
                "outputQuantityList": [{"epcClass": f"https://id.gs1.org/01/{GTIN}/10/P{number}", "quantity": 24}]}  # fmt: skip
    if kind == 2:
        return {**base, "type": "AggregationEvent", "action": "ADD", "bizStep": "packing", "disposition": "in_progress",
                "parentID": f"urn:epc:id:sscc:0614141.1{number:09d}", "childEPCs": [f"{serial}{n}" for n in range(6)]}  # fmt: skip
    if kind == 3:
        return {**base, "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "shipping", "disposition": "in_transit", "epcList": [serial],
                "bizTransactionList": [{"type": "po", "bizTransaction": f"https://po.example.com/{number}"}],
                "destinationList": [{"type": "owning_party", "destination": "urn:epc:id:pgln:0614141.00777"}]}  # fmt: skip
    return {**base, "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "storing", "disposition": "sellable_not_accessible",
            "quantityList": [{"epcClass": lot, "quantity": 800, "uom": "KGM"}],
            "sensorElementList": [{"sensorMetadata": {"time": at}, "sensorReport": [{"type": "Temperature", "value": 1.5, "uom": "CEL"}]}]}  # fmt: skip


def _document(number: int) -> bytes:
    events = [_event(number * PER_DOCUMENT + n) for n in range(PER_DOCUMENT)]
    return json.dumps(
        {
            "@context": CONTEXT,
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-10-01T00:00:00Z",
            "epcisBody": {"eventList": events},
        }
    ).encode()


class Shares:
    """Seconds by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def time(self, name: str, work: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        made = work()
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start
        return made


def _capture(bodies: list[bytes], organisation: int, shares: Shares) -> float:
    """Events per second of one core (ours and the database back end's CPU time) of reading to storing, one commit a document."""
    start = _cpu()
    for body in bodies:
        parsed = shares.time("read", lambda body=body: document.parse(body, "application/json"))
        with unit_of_work():
            prepared = shares.time("check, hash, index", lambda p=parsed: capture.prepare(p.events, p.context))
            assert not prepared.faults, prepared.faults[:3]
            batch = [prepared.ready[n] for n in sorted(prepared.ready)]
            shares.time(
                "store", lambda b=batch: store.store(b, organisation_id=organisation, source="api", now=clock.now())
            )
            committing = time.perf_counter()
        shares.seconds["commit"] = shares.seconds.get("commit", 0.0) + time.perf_counter() - committing
    return PER_DOCUMENT * len(bodies) / (_cpu() - start)


def _cpu() -> float:
    """Seconds of processor time of this process and of its database back end: fair on a machine that others use too."""
    with unit_of_work() as session:
        pid = session.scalar(text("select pg_backend_pid()"))
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _pure_shares(body: bytes) -> list[Result]:
    """Microseconds of each pure part for one event."""
    parsed = document.parse(body, "application/json")
    named = context.compile_context(parsed.context)
    parts: dict[str, Callable[[Any], Any]] = {
        "check (schema, check digits, Digital Links)": lambda e: checking.faults(e, parsed.context),
        "event hash": lambda e: eventhash.event_id(e, named),
        "index": lambda e: facets(e, named.known),
    }
    made = []
    for name, work in parts.items():
        start = time.process_time()
        for event in parsed.events:
            work(event)
        made.append(
            Result(f"  of it {name}", (time.process_time() - start) / len(parsed.events) * 1e6, unit="µs/event")
        )
    return made


def _bare(bodies: list[bytes]) -> float:
    """Events per second of a bare bulk insert of the same payloads: one unique text, one jsonb."""
    with unit_of_work() as session:
        session.execute(text("create table bench_bare (event_id text unique, payload jsonb)"))
    parsed = [json.loads(body)["epcisBody"]["eventList"] for body in bodies]
    start = _cpu()
    for place, events in enumerate(parsed):
        with unit_of_work() as session:
            session.execute(
                text("insert into bench_bare select * from unnest(cast(:i as text[]), cast(:p as jsonb[]))"),
                {"i": [f"urn:x:{place}:{n}" for n in range(len(events))], "p": [json.dumps(event) for event in events]},
            )
    return PER_DOCUMENT * len(bodies) / (_cpu() - start)


_FILL = """
insert into trace_event_event (event_id, digest, organisation_id, source, type, action, event_time, record_time, biz_step,
  disposition, is_public, payload)
select 'urn:x:fill:' || n, '\\x00', :organisation, 'api', case when n % 4 = 0 then 'TransformationEvent' else 'ObjectEvent' end,
  'OBSERVE', timestamptz '2025-01-01' + n * interval '30 seconds', timestamptz '2026-01-01' + n * interval '1 millisecond',
  case n % 3 when 0 then 'storing' when 1 then 'shipping' else 'receiving' end, 'in_progress', false,
  jsonb_build_object('type', 'ObjectEvent', 'action', 'OBSERVE', 'eventTime', '2025-01-01T00:00:00Z', 'eventTimeZoneOffset', '+08:00',
    'epcList', jsonb_build_array('https://id.gs1.org/01/09506000134352/21/F' || n))
from generate_series(cast(:first as bigint), cast(:last as bigint)) n
"""
_FILL_LINKS = """
insert into trace_event_link (event_id, position, key, role, side)
select e.id, p, cast(substring(encode(sha256(convert_to(case p when 0 then 'https://id.gs1.org/01/09506000134352/21/F' || e.n
  else 'https://id.gs1.org/01/09506000134352/10/F' || (e.n / 200) end, 'UTF8')), 'hex') from 1 for 32) as uuid),
  case p when 0 then 1 else 6 end, 0
from (select id, cast(substring(event_id from 12) as bigint) as n from trace_event_event where event_id like 'urn:x:fill:%') e,
  generate_series(0, 1) p
"""


def _fill(organisation: int) -> None:
    step = 100_000
    for first in range(1, EVENTS + 1, step):
        with unit_of_work() as session:
            session.execute(text("set local statement_timeout = 0"))
            session.execute(
                text(_FILL), {"organisation": organisation, "first": first, "last": min(first + step - 1, EVENTS)}
            )
    with unit_of_work() as session:
        session.execute(text("set local statement_timeout = 0"))
        session.execute(text(_FILL_LINKS))
        session.execute(text("analyze trace_event_event"))
        session.execute(text("analyze trace_event_link"))


def _p95(asked: list[list[tuple[str, str]]], organisation: int) -> float:
    """The 95th percentile of one page, in milliseconds."""
    took = []
    for given in asked:
        start = time.perf_counter()
        rows = queries.find(read(given), Scope(organisation), Place(queries.horizon()), 31)
        took.append((time.perf_counter() - start) * 1000)
        assert rows, given
    return statistics.quantiles(took, n=20)[-1]


def _queries(organisation: int) -> list[Result]:
    spread = [1 + n * (EVENTS // ASKED) for n in range(ASKED)]
    item = "https://id.gs1.org/01/09506000134352"
    kinds = {
        "by epc": [[("MATCH_epc", f"{item}/21/F{n}")] for n in spread],
        "by lot": [[("MATCH_epcClass", f"{item}/10/F{n // 200}")] for n in spread],
        "by time": [[("GE_eventTime", _moment(n)), ("LT_eventTime", _moment(n + 500))] for n in spread[:-5]],
        "by time and step, oldest first": [
            [("GE_eventTime", _moment(n)), ("EQ_bizStep", "storing"), ("orderBy", "eventTime"), ("orderDirection", "ASC")] for n in spread[:-5]
        ],
    }  # fmt: skip
    made = []
    for name, asked in kinds.items():
        start = _cpu()
        p95 = _p95(asked, organisation)
        used = (_cpu() - start) * 1000 / len(asked)
        made.append(Result(f"query {name}, p95 by the clock over {EVENTS:,} events", p95, unit="ms", most=50.0))
        made.append(Result(f"query {name}, mean processor time", used, unit="ms"))
    return made


def _moment(number: int) -> str:
    return (datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=30 * number)).isoformat()


def _trace(organisation: int) -> list[Result]:
    """A lot that went into 100 lots, each into 99 cartons: 10,001 nodes, walked forward."""

    def lot(name: str) -> str:
        return f"https://id.gs1.org/01/{GTIN}/10/{name}"

    events: list[dict[str, Any]] = [
        {
            **_event(1),
            "inputQuantityList": [{"epcClass": lot("ROOT")}],
            "outputQuantityList": [{"epcClass": lot(f"T{n}")} for n in range(100)],
        }
    ]
    for n in range(100):
        outputs = [{"epcClass": lot(f"T{n}-{m}")} for m in range(99)]
        events.append(
            {**_event(5 * n + 1), "inputQuantityList": [{"epcClass": lot(f"T{n}")}], "outputQuantityList": outputs}
        )
    with unit_of_work():
        prepared = capture.prepare(events, CONTEXT)
        store.store(
            [prepared.ready[n] for n in sorted(prepared.ready)],
            organisation_id=organisation,
            source="api",
            now=clock.now(),
        )
    took, edges, start = [], 0, _cpu()
    for _ in range(5):
        begin = time.perf_counter()
        reached = graph.reachable([key_of(lot("ROOT"))])
        edges = len(graph.edges_from(reached))
        took.append((time.perf_counter() - begin) * 1000)
        assert len(reached) == 10_001
        assert edges == 10_000
    used = (_cpu() - start) * 1000 / 5
    name = "forward trace of 10,001 nodes with its edges"
    return [
        Result(f"{name}, processor time", used, unit="ms", most=1000.0),
        Result(f"{name}, median by the clock", statistics.median(took), unit="ms"),
    ]


def run() -> list[Result]:
    """Capture, shares, ratio, query p95, forward trace."""
    with ExitStack() as stack:
        url = stack.enter_context(databases.clone())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = stack.enter_context(applications.settings_of(applications.environment(url, folder)))
        app = applications.build(settings)
        organisation = People(app).organisation()
        with app.app_context():
            made = _measure(organisation)
            db.engine.dispose()
    return made


def _measure(organisation: int) -> list[Result]:
    _fill(organisation)
    bodies = [_document(n) for n in range(DOCUMENTS)]
    shares = Shares()
    bare = _bare(bodies)
    ours = _capture(bodies, organisation, shares)
    whole = sum(shares.seconds.values())
    made = [
        Result(
            f"capture into {EVENTS:,} stored events, one core",
            ours,
            bare,
            "events/s",
            "a bare bulk insert of the same payloads",
        ),
        Result("capture against its goal, one core", ours, 1500.0, "events/s", "the goal", goal=1.0),
    ]
    made += [Result(f"  share of {name}", 100 * seconds / whole, unit="%") for name, seconds in shares.seconds.items()]
    return [*made, *_pure_shares(bodies[0]), *_queries(organisation), *_trace(organisation)]
