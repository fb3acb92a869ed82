"""Stores by their services, pages and the loggers' address."""

from __future__ import annotations

import io
import json
import re
import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from core import clock as core_clock
from core.db import db, unit_of_work
from core.errors import Conflict, DomainError, RuleBroken
from core.place import service as places
from core.place.models import Place
from tests.factories import trace as grow
from trace.lot import reversal
from trace.lot import service as lots
from trace.lot.models import Deed, Lot
from trace.storage import queries, rules, service
from trace.storage.models import Day, Holding, Logger, Reading


def make_store(actor, code="LK-01"):
    return places.add_place(actor, kind="store", code=code, village="示例镇示例村", name="1 号冷库")


@pytest.fixture
def grown(session, clock):
    made = grow.make_packed_lot(harvested_g=2_000_000, taken_g=500_000, pieces=98)
    made.store = make_store(made.actor)
    return made


@pytest.fixture
def logger(grown):
    made, token = service.register_logger(grown.actor, grown.store, code="T-01", interval_minutes=10)
    made.token = token
    return made


def readings(n, *, start=None, value="1.5", step=10):
    first = (start or core_clock.now() - timedelta(minutes=step * n)).replace(second=0, microsecond=0)
    return {"readings": [
        {"at": (first + timedelta(minutes=step * i)).isoformat(), "temperature": value, "humidity": "88"} for i in range(n)
    ]}  # fmt: skip


def send(client, token, body, media="application/json"):
    data = body if isinstance(body, str) else json.dumps(body)
    return client.post("/api/readings", data=data, headers={"Authorization": f"Bearer {token}", "Content-Type": media})


def test_no_more_is_stored_than_the_lot_has_and_no_more_taken_out_than_lies_there(grown):
    service.put_in(grown.raw, grown.store, grown.actor, mass_g=1_000_000)

    with pytest.raises(RuleBroken) as error:
        service.put_in(grown.raw, grown.store, grown.actor, mass_g=500_001)
    assert error.value.unmet[0].rule == "storage.more_than_left"
    with pytest.raises(RuleBroken) as error:
        service.take_out(grown.raw, grown.store.id, grown.actor, mass_g=1_000_001)
    assert error.value.unmet[0].rule == "storage.short"
    service.take_out(grown.raw, grown.store.id, grown.actor, mass_g=400_000)

    assert [(s.mass_g) for s in queries.in_store([grown.store.id])] == [600_000]


def test_what_is_packed_or_written_off_leaves_the_store_by_itself(grown):
    service.put_in(grown.raw, grown.store, grown.actor, mass_g=1_500_000)

    lots.pack(grown.actor, item_id=grown.box.id, sources=[(grown.raw, 100_000)], pieces=20)
    lots.write_off(grown.raw, grown.actor, mass_g=50_000, reason="腐烂")

    assert queries.where_lots_are([grown.raw.id])[0].mass_g == 1_350_000
    assert [e.reason for e in queries.entries_of(grown.store.id)] == ["损耗", "装箱", ""]


def test_a_lot_that_lies_in_a_store_is_not_taken_back(grown, session):
    service.put_in(grown.packed, grown.store, grown.actor, mass_g=5_000)

    with pytest.raises(RuleBroken) as error:
        reversal.reverse(session.get(Deed, grown.packed.deed_id), grown.actor, "装错了")

    assert "没有出库" in error.value.unmet[0].message


def test_a_batch_is_stored_once_and_its_days_are_rolled_up(logger, client, session):
    body = readings(200)

    first, second = send(client, logger.token, body), send(client, logger.token, body)

    assert first.json == {"stored": 200, "known": 0, "suspect": 0, "refused": []}
    assert second.json == {"stored": 0, "known": 200, "suspect": 0, "refused": []}
    days = session.scalars(select(Day).where(Day.logger_id == logger.id)).all()
    assert sum(d.readings for d in days) == 200
    assert {d.temperature_mean for d in days} == {Decimal("1.50")}


def test_another_value_for_a_known_moment_is_told_and_the_first_stands(logger, client, session):
    body = readings(1)
    send(client, logger.token, body)
    body["readings"][0]["temperature"] = "9"

    answer = send(client, logger.token, body).json

    assert (answer["stored"], answer["known"]) == (0, 0)
    assert answer["refused"][0]["code"] == "differs"
    assert session.scalar(select(Reading.temperature)) == Decimal("1.50")


def test_csv_is_taken_at_the_same_address(logger, client):
    assert send(client, logger.token, "时间,温度\n2026-11-19 08:00,1.2\n坏,1\n", "text/csv").json["stored"] == 1


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [("{", "application/json", 400), ("[]", "application/json", 400), ("a,b", "text/csv", 400), ("x", "text/plain", 415),
     ('{"readings": ' + "[" * 100_000, "application/json", 400), ("x" * 300_000, "text/csv", 413)],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_sentence(logger, client, body, media, status):
    answer = send(client, logger.token, body, media)

    assert answer.status_code == status
    assert answer.json["detail"]


def test_a_wrong_an_old_and_an_ended_token_are_refused_alike(logger, grown, client):
    old = logger.token
    renewed = service.renew_token(logger, grown.actor)
    answers = [send(client, token, readings(1)) for token in ("x" * 43, old)]
    assert send(client, renewed, readings(1)).status_code == 200
    service.end_logger(logger, grown.actor)
    answers.append(send(client, renewed, readings(1)))
    answers.append(client.post("/api/readings", json=readings(1)))

    assert {a.status_code for a in answers} == {401}
    assert {a.json["code"] for a in answers} == {"storage.token"}


def test_the_token_is_nowhere_in_the_database(logger, session):
    session.flush()
    row = session.execute(text("select row_to_json(l)::text from trace_storage_logger l")).scalar()

    assert logger.token not in row


def test_readings_and_bookings_are_never_changed(grown, logger, client, session):
    send(client, logger.token, readings(1))
    service.put_in(grown.raw, grown.store, grown.actor, mass_g=1)
    service.set_limit(grown.actor, grown.store, measure="temperature", low=None, high=Decimal(4), tolerated_minutes=30)
    session.flush()
    for table in ("reading", "entry", "limit"):
        for statement in (
            f"delete from trace_storage_{table}",
            f"update trace_storage_{table} set place_id = place_id",
        ):
            with pytest.raises(DBAPIError), session.begin_nested():
                session.execute(text(statement))


def test_an_excursion_names_the_lots_that_lay_there(grown, logger, clock, session):
    now = core_clock.now()
    service.set_limit(
        grown.actor, grown.store, measure="temperature", low=Decimal(-1), high=Decimal(4), tolerated_minutes=30,
        valid_from=now - timedelta(days=3),
    )  # fmt: skip
    service.put_in(grown.raw, grown.store, grown.actor, mass_g=1000, at=now - timedelta(days=2))
    warm = readings(6, start=now - timedelta(days=1), value="8.2")
    service.take_readings(logger, rules.read_json(warm, now=now), source="csv")

    found = queries.excursions([grown.store.id], now - timedelta(days=2))

    assert [(e.excursion.worst, e.lot_ids) for e in found] == [(Decimal("8.20"), (grown.raw.id,))]
    assert "温度最低 8.2 ℃、最高 8.2 ℃，超出库温要求 1 次" in queries.offers(grown.raw.id)[0].sentence


def test_limits_and_loggers_are_refused_where_they_make_no_sense(grown, logger):
    with pytest.raises(Conflict):
        service.register_logger(grown.actor, grown.store, code="t-01", interval_minutes=10)
    for low, high in ((None, None), (Decimal(5), Decimal(5)), (Decimal(-90), None)):
        with pytest.raises(DomainError):
            service.set_limit(grown.actor, grown.store, measure="temperature", low=low, high=high, tolerated_minutes=0)


def once(page):
    return re.search(r'name="once"[^>]*value="([^"]+)"', page.text)[1]


def test_pages_of_a_store_from_logger_to_chart(grown, as_user, session):
    owner, other = as_user("owner", grown.organisation.id), as_user("owner")
    here = f"/storage/{grown.store.public_id}"

    def post(page, **given):
        return owner.post(here + page, data=given | {"once": once(owner.get(here + page))})

    made = post("/logger", code="T-02", interval_minutes="30")
    assert made.status_code == 200
    assert "口令只显示这一次" in made.text
    assert post("/limits", measure="temperature", low="-1", high="4", tolerated_minutes="30").status_code == 302
    assert post("/in", lot=str(grown.raw.public_id), mass_g="120.5", at="2026-11-19 08:00").status_code == 302
    assert post("/out", lot=str(grown.raw.public_id), mass_g="200", at="2026-11-19 09:00").status_code == 422
    logger = session.scalar(select(Logger).where(Logger.code == "T-02"))
    lines = "\n".join(f"2026-11-19 {h:02d}:00,{h / 10},85" for h in range(1, 20))

    def upload(content, **more):
        page = owner.get(here + "/import")
        file = (io.BytesIO(("时间,温度,湿度\n" + content).encode()), "r.csv")
        return owner.post(
            here + "/import", data={"logger": str(logger.public_id), "file": file, "once": once(page)} | more
        )

    bad = upload(lines + "\n坏的,1,1")
    assert bad.status_code == 422
    assert "第 21 行" in bad.text
    assert session.scalar(select(func.count()).select_from(Reading)) == 0
    assert upload(lines + "\n坏的,1,1", skip_bad="y").status_code == 302
    shown = owner.get(here).text
    assert "T-02，温度" in shown
    assert owner.get(here + "?days=30").status_code == 200
    assert owner.get("/storage/").status_code == 200
    for page in ("", "/in", "/out", "/logger", "/import", "/limits"):
        assert other.get(here + page).status_code == 404
    assert other.post(f"/storage/loggers/{logger.public_id}/end", data={}).status_code == 404
    assert as_user("operator", grown.organisation.id).get(here + "/logger").status_code == 403


def test_of_two_who_take_out_the_last_crate_one_gets_it(cloned_db):
    with cloned_db.app.app_context(), unit_of_work():
        made = grow.make_packed_lot(harvested_g=2_000_000, taken_g=500_000, pieces=98)
        store = make_store(made.actor)
        service.put_in(made.raw, store, made.actor, mass_g=1_000)
        lot_id, store_id, actor = made.raw.id, store.id, made.actor
    start, outcomes = threading.Barrier(4), []

    def run():
        with cloned_db.app.app_context():
            start.wait()
            try:
                with unit_of_work():
                    service.take_out(db.session.get_one(Lot, lot_id), store_id, actor, mass_g=600)
                outcomes.append("done")
            except DomainError as error:
                outcomes.append(error.code)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(outcomes) == ["done", "storage.short", "storage.short", "storage.short"]
    with cloned_db.app.app_context():
        assert db.session.scalar(select(Holding.mass_g)) == 400
        assert db.session.get_one(Place, store_id).kind == "store"


def test_one_batch_sent_by_four_at_once_is_stored_once(cloned_db):
    with cloned_db.app.app_context(), unit_of_work():
        made = grow.make_packed_lot()
        _, token = service.register_logger(made.actor, make_store(made.actor), code="T-01", interval_minutes=10)
        body = readings(50)
    start, stored = threading.Barrier(4), []

    def run():
        start.wait()
        stored.append(send(cloned_db.client(), token, body).json["stored"])

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(stored) == [0, 0, 0, 50]
    with cloned_db.app.app_context():
        assert db.session.scalar(select(func.sum(Day.readings))) == 50
