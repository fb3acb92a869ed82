"""``POST /api/readings`` and every other JSON address that is not EPCIS: bad bodies are refused with a sentence, nothing half stays."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from core import clock as core_clock
from core.api.description import operations
from core.place import service as places
from tests.factories import trace as grow
from trace.storage import service
from trace.storage.models import Day, Reading

# Addresses that take JSON, and where they are tried.
TRIED = {"/api/readings": "here"}
AT = "2026-11-19T08:00:00+08:00"


@pytest.fixture
def logger(session: Any, clock: Any) -> SimpleNamespace:
    made = grow.make_packed_lot(harvested_g=2_000_000, taken_g=500_000, pieces=98)
    store = places.add_place(made.actor, kind="store", code="LK-01", village="示例镇示例村", name="1 号冷库")
    row, token = service.register_logger(made.actor, store, code="T-01", interval_minutes=10)
    return SimpleNamespace(row=row, token=token)


@pytest.fixture
def send(client: Any, logger: SimpleNamespace) -> Any:
    def sent(body: Any, media: str = "application/json") -> Any:
        data = (
            body if isinstance(body, bytes) else body.encode() if isinstance(body, str) else json.dumps(body).encode()
        )
        head = {"Authorization": f"Bearer {logger.token}"} | ({"Content-Type": media} if media else {})
        return client.post("/api/readings", data=data, headers=head)

    return sent


def row(**values: Any) -> dict[str, Any]:
    return {"at": AT, "temperature": "1.5", "humidity": "88"} | values


def kept(session: Any) -> tuple[int, int]:
    return tuple(session.scalar(select(func.count()).select_from(model)) for model in (Reading, Day))  # type: ignore[return-value]


def test_every_json_address_beside_epcis_is_tried() -> None:
    takes_json = {o.path for o in operations() if o.body is not None and not o.path.startswith("/epcis")}
    assert takes_json == TRIED.keys()


WHOLE: dict[str, tuple[Any, str, int]] = {
    "empty body": ("", "application/json", 400),
    "empty CSV": ("", "text/csv", 400),
    "null": ("null", "application/json", 400),
    "a number": ("7", "application/json", 400),
    "a text": ('"readings"', "application/json", 400),
    "a list": ("[]", "application/json", 400),
    "no readings": ("{}", "application/json", 400),
    "readings null": ('{"readings": null}', "application/json", 400),
    "readings a text": ('{"readings": "1.5"}', "application/json", 400),
    "readings an object": ('{"readings": {"at": 1}}', "application/json", 400),
    "two after another": ('{"readings": []}{"readings": []}', "application/json", 400),
    "a byte-order mark": (b'\xef\xbb\xbf{"readings": []}', "application/json", 400),
    "another charset": ('{"readings": [{"at": "时间"}]}'.encode("gb18030"), "application/json; charset=gb18030", 400),
    "UTF-16": ('{"readings": []}'.encode("utf-16"), "application/json; charset=utf-16", 400),
    "bytes": (bytes(range(256)), "application/json", 400),
    "deep lists": ('{"readings": ' + "[" * 100_000 + "]" * 100_000 + "}", "application/json", 400),
    "deep objects": ('{"readings": [' + '{"at":' * 30_000, "application/json", 400),
    "a number of 5000 digits": ('{"readings": [{"at": "", "temperature": ' + "9" * 5000 + "}]}", "application/json", 400),
    "readings twice": ('{"readings": [{"at": "2026-11-19T08:00:00+08:00", "temperature": 1}], "readings": []}', "application/json", 400),
    "temperature twice": ('{"readings": [{"at": "2026-11-19T08:00:00+08:00", "temperature": 1, "temperature": 9}]}', "application/json", 400),
    "too many rows": ({"readings": [{"at": AT}] * 1001}, "application/json", 400),
    "too large": ('{"readings": ["' + "x" * 300_000 + '"]}', "application/json", 413),
    "no type": ('{"readings": []}', "", 415),
    "a form's type": ("readings=1", "application/x-www-form-urlencoded", 415),
    "a type that is none": ('{"readings": []}', "application/json\u00a0", 415),
    "a CSV of one endless cell": ('时间,温度\n"' + "x" * 200_000, "text/csv", 400),
    "a CSV with NUL": ("时间\x00,温度\n", "text/csv", 400),
}  # fmt: skip


@pytest.mark.parametrize("kind", WHOLE)
def test_what_is_no_batch_is_a_typed_problem_and_keeps_nothing(send: Any, session: Any, kind: str) -> None:
    body, media, status = WHOLE[kind]

    answer = send(body, media)

    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.json["code"].startswith("storage.")
    assert any("\u4e00" <= c <= "\u9fff" for c in answer.json["detail"])
    assert kept(session) == (0, 0)


# JSON text of the row, and the code it is refused under.
ROWS = [
    ("null", "time"), ("7", "time"), ("[]", "time"), ('"x"', "time"), ("{}", "time"),
    ('{"temperature": 1}', "time"), ('{"at": 1763510400, "temperature": 1}', "time"), ('{"at": null, "temperature": 1}', "time"),
    ('{"at": "2026-11-19 08:00", "temperature": 1}', "time"), ('{"at": "", "temperature": 1}', "time"),
    ('{"at": "2026-02-30T08:00:00+08:00", "temperature": 1}', "time"), ('{"at": "\\ud800", "temperature": 1}', "time"),
    ('{"at": "9999-12-31T23:59:59-14:00", "temperature": 1}', "time"), ('{"at": "0001-01-01T00:00:00+14:00", "temperature": 1}', "time"),
    ('{"at": "9000-01-01T00:00:00Z", "temperature": 1}', "future"), ('{"at": "1970-01-01T00:00:00Z", "temperature": 1}', "too_old"),
    ('{"at": "%s"}', "empty"), ('{"at": "%s", "temperature": null, "humidity": " "}', "empty"),
    ('{"at": "%s", "temperature": NaN, "humidity": 88}', "temperature_number"), ('{"at": "%s", "temperature": -Infinity}', "temperature_number"),
    ('{"at": "%s", "temperature": "sNaN123"}', "temperature_number"), ('{"at": "%s", "temperature": true}', "temperature_number"),
    ('{"at": "%s", "temperature": [1]}', "temperature_number"), ('{"at": "%s", "temperature": {"value": 1}}', "temperature_number"),
    ('{"at": "%s", "temperature": "热"}', "temperature_number"), ('{"at": "%s", "temperature": "\\ud800"}', "temperature_number"),
    ('{"at": "%s", "temperature": "1e99999999999999999999"}', "temperature_number"),
    ('{"at": "%s", "temperature": 1e400}', "temperature_impossible"), ('{"at": "%s", "temperature": -1e308}', "temperature_impossible"),
    ('{"at": "%s", "temperature": 999999999999999999999999999999}', "temperature_impossible"),
    ('{"at": "%s", "humidity": 101}', "humidity_impossible"), ('{"at": "%s", "humidity": -0.1}', "humidity_impossible"),
]  # fmt: skip


def test_a_row_that_cannot_be_taken_is_named_and_its_neighbours_stand(send: Any, session: Any) -> None:
    first = core_clock.now() - timedelta(hours=2)
    good = [row(at=(first + timedelta(minutes=10 * n)).isoformat()) for n in (0, 1)]
    texts = [text.replace("%s", AT) for text, _ in ROWS]
    body = '{"readings": [' + ", ".join([json.dumps(good[0]), *texts, json.dumps(good[1])]) + "]}"

    answer = send(body)

    assert answer.status_code == 200
    assert (answer.json["stored"], answer.json["known"]) == (2, 0)
    assert [(r["row"], r["code"]) for r in answer.json["refused"]] == [(n, code) for n, (_, code) in enumerate(ROWS, 2)]
    assert all(r["message"] and len(r["message"]) < 100 for r in answer.json["refused"])
    again = send(body)
    assert (again.json["stored"], again.json["known"], len(again.json["refused"])) == (0, 2, len(ROWS))
    assert kept(session)[0] == 2


def test_numbers_are_taken_as_written_and_unknown_names_are_left(send: Any, session: Any) -> None:
    assert send({"readings": [row(temperature=1.005, humidity="1e-999999", more={"x": [1]})]}).json["stored"] == 1
    found = session.scalars(select(Reading)).one()
    assert (str(found.temperature), str(found.humidity)) in {("1.00", "0.0"), ("1.01", "0.0")}
