"""Named queries, subscriptions, and the messages sent to subscribers (by a sender of the test: no sockets)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.account.actor import Actor
from core.db import db, unit_of_work
from tests.conftest import ClonedDatabase
from tests.factories import event as make
from tests.support.applications import Client
from tests.support.platform import wait_until
from trace.event import delivery, subscriptions, webhook
from trace.event.models import Subscription
from trace.event.webhook import Sent

SECRET = "a-secret-of-the-subscriber"
STREAM = {"dest": "https://partner.example.com/hook", "signatureToken": SECRET, "stream": True}


class Post:
    """A sender that keeps what it is given and answers as told."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes, dict[str, str]]] = []
        self.answers: list[Sent] = []

    def __call__(self, dest: str, body: bytes, headers: dict[str, str]) -> Sent:
        self.sent.append((dest, body, headers))
        return self.answers.pop(0) if self.answers else Sent(200)


@pytest.fixture
def post() -> Iterator[Post]:
    made = Post()
    webhook.use_sender(made)
    yield made
    webhook.use_sender(None)


@pytest.fixture
def query(client: Client, token: str) -> str:
    body = {"name": "stored", "query": {"EQ_bizStep": ["storing"]}}
    assert client.post("/epcis/queries", data=json.dumps(body), headers=make.bearer(token)).status_code == 201
    return "/epcis/queries/stored"


def test_a_named_query_is_made_listed_asked_and_deleted(client: Client, headers: dict[str, str], query: str) -> None:
    found = client.get(f"{query}/events", headers=headers).get_json()["epcisBody"]["queryResults"]

    assert client.get("/epcis/queries", headers=headers).get_json() == [
        {"name": "stored", "query": {"EQ_bizStep": ["storing"]}}
    ]
    assert client.get(query, headers=headers).get_json()["name"] == "stored"
    assert found["queryName"] == "stored"
    assert {e["bizStep"] for e in found["resultsBody"]["eventList"]} == {"storing"}
    assert client.delete(query, headers=headers).status_code == 204
    assert client.get(query, headers=headers).status_code == 404


def test_a_name_is_given_once(client: Client, headers: dict[str, str], query: str) -> None:
    again = client.post("/epcis/queries", data=json.dumps({"name": "stored", "query": {}}), headers=headers)

    assert (again.status_code, again.get_json()["type"]) == (409, "epcisException:ResourceAlreadyExistsException")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400), ("[]", 400), ('{"name": "x"}', 400), ('{"name": "x y", "query": {}}', 400), ('{"name": "x", "query": []}', 400),
        ('{"name": "x", "query": {"colour": ["red"]}}', 400), ('{"name": "x", "query": {"EQ_action": ["LOOK"]}}', 400),
        ('{"name": "SimpleEventQuery", "query": {}}', 400), ('{"name": "x", "query": {"EQ_bizStep": [{"a": 1}]}}', 400),
    ],
)  # fmt: skip
def test_a_query_that_cannot_be_read_is_not_kept(client: Client, token: str, body: str, status: int) -> None:
    assert client.post("/epcis/queries", data=body, headers=make.bearer(token)).status_code == status


def test_a_query_in_json_takes_lists_numbers_and_a_context_of_its_own(client: Client, headers: dict[str, str]) -> None:
    body = {
        "name": "sweet",
        "query": {
            "@context": {"e": "https://ns.example.com/epcis/"},
            "GE_e:sugar": 14,
            "eventType": ["ObjectEvent"],
            "EXISTS_e:grower": None,
        },
    }
    made = client.post("/epcis/queries", data=json.dumps(body), headers=headers)
    found = client.get("/epcis/queries/sweet/events", headers=headers).get_json()

    assert made.status_code == 201
    assert len(found["epcisBody"]["queryResults"]["resultsBody"]["eventList"]) == 1


def test_a_websocket_is_refused_with_a_sentence(client: Client, headers: dict[str, str], query: str) -> None:
    answer = client.get(
        f"{query}/events?stream=true", headers=headers | {"Upgrade": "websocket", "Connection": "Upgrade"}
    )

    assert (answer.status_code, answer.get_json()["type"]) == (501, "epcisException:ImplementationException")
    assert "WebSocket" in answer.get_json()["detail"]


@pytest.mark.parametrize(
    "more",
    [
        {"dest": "http://partner.example.com/hook"}, {"dest": "https://127.0.0.1/"}, {"dest": "https://localhost/"}, {"dest": "https://10.0.0.8/x"},
        {"dest": "https://[::1]/"}, {"dest": "https://[::ffff:10.0.0.1]/"}, {"dest": "https://user:pw@partner.example.com/"},
        {"dest": "ftp://partner.example.com/"}, {"dest": "https://169.254.169.254/latest"}, {"dest": "https://2130706433/"}, {"dest": "https://intranet/"},
        {"dest": None}, {"signatureToken": "short"}, {"stream": None}, {"schedule": {"hour": "1"}}, {"stream": None, "schedule": {"hour": "25"}},
        {"stream": None, "schedule": {}}, {"initialRecordTime": "yesterday"}, {"colour": "red"}, {"stream": False},
    ],
)  # fmt: skip
def test_a_subscription_that_cannot_be_served_is_refused(
    client: Client, token: str, query: str, more: dict[str, Any]
) -> None:
    body = {k: v for k, v in (STREAM | more).items() if v is not None}
    answer = client.post(f"{query}/subscriptions", data=json.dumps(body), headers=make.bearer(token))

    assert (answer.status_code, answer.get_json()["type"]) == (400, "epcisException:SubscriptionControlsException")


def test_a_subscription_is_made_shown_without_its_secret_and_ended(
    client: Client, session: Session, token: str, query: str
) -> None:
    made = client.post(f"{query}/subscriptions", data=json.dumps(STREAM), headers=make.bearer(token))
    place = made.headers["Location"].partition("8000")[2]
    listed = client.get(f"{query}/subscriptions", headers=make.bearer(token))

    assert made.status_code == 201
    assert listed.get_json() == [made.get_json()]
    assert SECRET.encode() not in made.data + listed.data
    assert SECRET.encode() not in bytes(session.scalar(text("select secret from trace_event_subscription")) or b"")
    assert client.delete(place, headers=make.bearer(token)).status_code == 204
    assert client.get(place, headers=make.bearer(token)).status_code == 404


# --- sending: real commits, so a database of its own -------------------------------------------------------------------


SETTLED = text(
    "select coalesce(max(txid), 0) < pg_snapshot_xmin(pg_current_snapshot())::text::bigint from trace_event_event"
)


class Partner:
    """An organisation with a token and a query on a cloned database."""

    def __init__(self, cloned: ClonedDatabase) -> None:
        self.cloned, self.client = cloned, cloned.client()
        organisation = cloned.as_user.organisation()
        with cloned.app.app_context(), unit_of_work():
            self.headers = make.bearer(make.make_token(organisation))
        body = {"name": "stored", "query": {"EQ_bizStep": ["storing"]}}
        self.client.post("/epcis/queries", data=json.dumps(body), headers=self.headers)

    def subscribe(self, **more: Any) -> None:
        body = {k: v for k, v in (STREAM | more).items() if v is not None}
        answer = self.client.post("/epcis/queries/stored/subscriptions", data=json.dumps(body), headers=self.headers)
        assert answer.status_code == 201, answer.get_json()

    def capture(self, *events: dict[str, Any]) -> None:
        assert self.client.post("/epcis/capture", data=make.document(*events), headers=self.headers).status_code == 202

    def settle(self) -> None:
        """Wait until no transaction of the cluster (other tests share it) is older than the newest event."""
        with self.cloned.app.app_context():
            wait_until(lambda: db.session.scalar(SETTLED) or db.session.rollback(), 120, "older transactions to end")
            db.session.rollback()

    def work(self, *, patient: bool = True) -> int:
        if patient:
            self.settle()
        with self.cloned.app.app_context():
            return delivery.run_once()

    def resume(self, **more: Any) -> int:
        """The owner resumes the subscription; how many messages are sent again."""
        with self.cloned.app.app_context(), unit_of_work():
            row = db.session.scalars(select(Subscription)).one()
            owner = Actor(None, organisation_id=row.organisation_id, permissions=frozenset({"trace.event.tokens"}))
            return subscriptions.resume(row.public_id, owner, **more)

    def log(self) -> list[tuple[str, int]]:
        with self.cloned.app.app_context():
            rows = db.session.execute(text("select status, tries from trace_event_delivery order by id"))
            return [(row.status, row.tries) for row in rows]


@pytest.fixture
def partner(cloned_db: ClonedDatabase) -> Partner:
    return Partner(cloned_db)


def _numbers(body: bytes) -> list[str]:
    document = json.loads(body)
    assert document["type"] == "EPCISQueryDocument"
    return [e["eventTime"][14:16] for e in document["epcisBody"]["queryResults"]["resultsBody"]["eventList"]]


def test_a_stream_tells_each_new_matching_event_once_signed(partner: Partner, post: Post, clock: Any) -> None:
    partner.capture(make.make_event(1))
    partner.settle()  # until then a subscription may tell it as well: better once too often than never
    partner.subscribe()
    partner.capture(make.make_event(2), make.make_event(3, bizStep="shipping"), make.make_event(4))
    rounds = [partner.work(), partner.work()]
    dest, body, headers = post.sent[0]
    stamp, mac = (part.partition("=")[2] for part in headers["GS1-Signature"].split(","))
    expected = hmac.new(SECRET.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()

    assert rounds == [1, 0]
    assert (dest, _numbers(body)) == ("https://partner.example.com/hook", ["02", "04"])
    assert hmac.compare_digest(mac, expected)
    assert partner.log() == [("delivered", 1)]


def test_what_was_not_taken_is_sent_again_unchanged_after_growing_pauses(
    partner: Partner, post: Post, clock: Any
) -> None:
    partner.subscribe()
    partner.capture(make.make_event(1))
    post.answers = [Sent(503), Sent(None, "连接失败")]
    tries = []
    for seconds in (0, 29, 1, 59, 1):
        clock.advance(seconds=seconds)
        tries.append(partner.work())

    assert tries == [1, 0, 1, 0, 1]
    assert len({(body, headers["Idempotency-Key"]) for _, body, headers in post.sent}) == 1
    assert partner.log() == [("delivered", 3)]


def test_later_messages_wait_for_the_first(partner: Partner, post: Post, clock: Any) -> None:
    partner.subscribe()
    post.answers = [Sent(500)]
    partner.capture(make.make_event(1))
    partner.work()
    partner.capture(make.make_event(2))
    partner.work()
    waiting = [_numbers(body) for _, body, _ in post.sent]
    clock.advance(seconds=31)
    while partner.work():
        pass

    assert waiting == [["01"]]
    assert [_numbers(body) for _, body, _ in post.sent] == [["01"], ["01"], ["02"]]


def _exhausted(partner: Partner, post: Post, clock: Any) -> None:
    """A subscriber takes no message until its subscription pauses."""
    partner.subscribe()
    post.answers = [Sent(410)] * (delivery.GIVE_UP_AFTER * delivery.MAX_TRIES)
    for number in range(delivery.GIVE_UP_AFTER):
        partner.capture(make.make_event(number))
        partner.work()
        for _ in range(delivery.MAX_TRIES):
            clock.advance(hours=1, seconds=1)
            partner.work(patient=False)


def test_a_subscriber_who_takes_nothing_is_paused_its_owner_told_and_nothing_lost_on_resuming(
    partner: Partner, post: Post, clock: Any
) -> None:
    _exhausted(partner, post, clock)
    first = [(body, headers["Idempotency-Key"]) for _, body, headers in post.sent[:: delivery.MAX_TRIES]]
    with partner.cloned.app.app_context():
        why = db.session.execute(
            text("select paused_why from trace_event_subscription where ended_at is null")
        ).scalar()
        told = db.session.execute(text("select count(*) from core_notice_message where title like '%订阅%'")).scalar()
    assert (why, told) == ("连续 3 条消息没有送到", 1)
    assert partner.log() == [("failed", delivery.MAX_TRIES)] * delivery.GIVE_UP_AFTER

    partner.capture(make.make_event(7))  # while it is paused
    assert partner.work() == 0
    post.sent.clear()
    assert partner.resume() == delivery.GIVE_UP_AFTER
    while partner.work():
        pass

    assert [(body, headers["Idempotency-Key"]) for _, body, headers in post.sent[:-1]] == first
    assert _numbers(post.sent[-1][1]) == ["07"]
    assert {status for status, _ in partner.log()} == {"delivered"}


def test_resuming_from_a_time_leaves_out_what_is_older_for_good(partner: Partner, post: Post, clock: Any) -> None:
    _exhausted(partner, post, clock)
    since = clock.now()
    clock.advance(seconds=1)
    partner.capture(make.make_event(7))
    post.sent.clear()

    assert partner.resume(since=since) == 0
    while partner.work():
        pass

    assert [_numbers(body) for _, body, _ in post.sent] == [["07"]]
    assert partner.resume() == 0  # and stays left out
    assert [status for status, _ in partner.log()] == ["failed"] * delivery.GIVE_UP_AFTER + ["delivered"]


def test_a_schedule_tells_when_it_is_due_and_says_so_even_when_nothing_came(
    partner: Partner, post: Post, clock: Any
) -> None:
    clock.set("2026-11-20 00:59:00")
    partner.subscribe(stream=None, schedule={"hour": "1", "minute": "5"}, reportIfEmpty=True)
    partner.capture(make.make_event(1))
    before = partner.work()
    clock.set("2026-11-20 01:05:00")
    at = partner.work()
    again = partner.work()
    clock.set("2026-11-21 01:05:01")
    empty = partner.work()

    assert (before, at, again, empty) == (0, 1, 0, 1)
    assert [_numbers(body) for _, body, _ in post.sent] == [["01"], []]


def test_a_first_record_time_reaches_back(partner: Partner, post: Post, clock: Any) -> None:
    partner.capture(make.make_event(1))
    clock.advance(hours=1)
    partner.capture(make.make_event(2))
    partner.subscribe(initialRecordTime=(clock.now()).isoformat())
    clock.advance(hours=1)
    partner.work()

    assert [_numbers(body) for _, body, _ in post.sent] == [["02"]]


def test_an_ended_subscription_is_told_nothing_more(partner: Partner, post: Post, clock: Any) -> None:
    partner.subscribe()
    partner.capture(make.make_event(1))
    (one,) = partner.client.get("/epcis/queries/stored/subscriptions", headers=partner.headers).get_json()
    partner.client.delete(f"/epcis/queries/stored/subscriptions/{one['subscriptionID']}", headers=partner.headers)

    assert partner.work() == 0
    assert post.sent == []


def test_a_killed_workers_message_comes_back_after_its_lease(partner: Partner, post: Post, clock: Any) -> None:
    partner.subscribe()
    partner.capture(make.make_event(1))
    partner.settle()
    with partner.cloned.app.app_context(), unit_of_work():
        delivery.plan()
        (claimed,) = delivery.claim()
    at_once = partner.work()
    clock.advance(minutes=2, seconds=1)
    later = partner.work()

    assert (at_once, later) == (0, 1)
    assert post.sent[0][2]["Idempotency-Key"] == claimed.headers["Idempotency-Key"]
    assert post.sent[0][1] == claimed.body


def test_an_event_waits_for_older_transactions_so_that_none_is_passed_over(
    partner: Partner, post: Post, clock: Any
) -> None:
    partner.subscribe()
    with psycopg.connect(partner.cloned.url.replace("+psycopg", "")) as older:
        older.execute("select pg_current_xact_id()")
        partner.capture(make.make_event(1))
        while_open = partner.work(patient=False)
    after = partner.work()

    assert (while_open, after) == (0, 1)


def test_a_query_that_can_no_longer_be_read_ends_its_subscription_only(
    partner: Partner, post: Post, clock: Any
) -> None:
    partner.subscribe()
    with partner.cloned.app.app_context(), unit_of_work() as session:
        session.execute(text("""update trace_event_query set query = '{"OLD_name": ["x"]}'"""))
    partner.capture(make.make_event(1))

    assert partner.work() == 0
    assert partner.client.get("/epcis/queries/stored/subscriptions", headers=partner.headers).get_json() == []
