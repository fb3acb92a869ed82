"""The record's page checks the record in a real browser; every request is answered by the application itself."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from core.account.actor import SYSTEM
from core.db import db
from tests.factories import trace as grow
from tests.support import browser
from tests.support.sealing import seal
from trace.event.service import declare_wrong
from trace.log import queries as log
from trace.log import witnessing, writer
from trace.log.witnessing import Reply
from trace.signing import eventlist, identity
from trace.verify.cosign import cosign
from trace.verify.note import split
from trace.verify.witness_server import vkey_of

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("session", "clock")]
HOST = "https://demo.yidun.example"
NO_WEBCRYPTO_ED25519 = """
const old = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (format, data, algorithm, ...rest) =>
  algorithm?.name === 'Ed25519' ? Promise.reject(new DOMException('no', 'NotSupportedError')) : old(format, data, algorithm, ...rest);
"""


@pytest.fixture
def record(grown):
    grow.make_organisation(7900, "示例平台", kind="platform")
    row = seal(grown)
    publish()
    return row


def publish() -> None:
    db.session.flush()
    while writer.integrate():
        pass
    db.session.expire_all()


Change = Callable[[str, bytes], bytes]


@pytest.fixture(scope="module")
def browsing() -> Iterator[tuple[ThreadPoolExecutor, Any]]:
    """A thread with a browser: its event loop and the application's contexts must not share one."""
    with ThreadPoolExecutor(1) as thread, ExitStack() as stack:
        chromium = thread.submit(lambda: stack.enter_context(browser.launched())).result()
        yield thread, chromium
        thread.submit(stack.close).result()


@pytest.fixture
def page(browsing, client) -> Iterator[Any]:
    """Calls a function with a phone's page, in the browser's thread; no script may have complained."""
    thread, chromium = browsing
    with ThreadPoolExecutor(1) as requests:

        def ask(path: str) -> tuple[int, dict[str, str], bytes]:
            with client.get(path) as given:
                headers = {name: value for name, value in given.headers.items() if name.lower() != "content-length"}
                return given.status_code, headers, given.data

        def get(path: str) -> tuple[int, dict[str, str], bytes]:
            return requests.submit(ask, path).result()

        def drive(work: Callable[[Any, Any], Any]) -> Any:
            with browser.phone(chromium) as (made, complaints):
                done = work(made, get)
            assert complaints == []
            return done

        yield lambda work: thread.submit(drive, work).result()


def check(
    page: Any, row, change: Change = lambda _path, body: body, *, script: str = "", part: str = ""
) -> tuple[str, str]:
    """Open the record's page, press the button; the answer's code and the words of the steps."""
    address = f"{HOST}/trace/records/{row.public_id}{part}"
    return page(lambda made, get: _check(made, get, address, change, script))


def _check(page: Any, get: Any, address: str, change: Change, script: str) -> tuple[str, str]:
    asked: list[str] = []

    def answer(route: Any) -> None:
        path = route.request.url.removeprefix(HOST)
        asked.append(path)
        status, headers, body = get(path)
        route.fulfill(status=status, headers=headers, body=change(path, body))

    page.route("**/*", answer)
    if script:
        page.add_init_script(script)
    page.goto(address)
    assert not [path for path in asked if "record-check.js" in path]  # loaded on demand only
    page.get_by_role("button", name="在本机核对").click()
    page.locator("[data-record-check]:not([data-answer=''])").wait_for()
    box = page.locator("[data-record-check]")
    assert bool(script) == bool([path for path in asked if "noble-ed25519.js" in path])
    return box.get_attribute("data-answer"), box.locator("[data-results]").inner_text()


@pytest.mark.parametrize("script", ["", NO_WEBCRYPTO_ED25519], ids=["WebCrypto", "noble"])
def test_an_unchanged_record_is_found_unchanged(page, record, script: str) -> None:
    answer, words = check(page, record, script=script)

    assert answer == "ok", words
    assert "签名有效，内容没有改动" in words
    assert f"第 {log.place_of(record.log_entry_id).index} 条" in words
    assert "按状态清单没有撤回" in words
    assert "这个检查点没有外部见证签名" in words


def altered(begin: str, edit: Callable[[Any], Any]) -> Change:
    def change(path: str, body: bytes) -> bytes:
        meant = path.startswith(begin) and path.endswith(".json")
        return json.dumps(edit(json.loads(body)), ensure_ascii=False).encode() if meant else body

    return change


def other_product(record: Any) -> Any:
    record["credentialSubject"]["item"]["name"] = "别的苹果"
    return record


def other_suite(record: Any) -> Any:
    record["proof"]["cryptosuite"] = "eddsa-rdfc-2022"
    return record


def reordered(record: Any) -> Any:
    record["@context"] = record["@context"][::-1]
    return record


def other_key(document: Any) -> Any:
    document["verificationMethod"][0]["publicKeyMultibase"] = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
    return document


def other_owner(document: Any) -> Any:
    return {**document, "id": "did:web:evil.example"}


def lines(part: str, edit: Callable[[str], str]) -> Change:
    return lambda path, body: edit(body.decode()).encode() if path.endswith(part) else body


def other_sibling(text: str) -> str:
    rows = text.split("\n")
    rows[2] = base64.b64encode(bytes(32)).decode()
    return "\n".join(rows)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (altered("/trace/records/", other_product), "signature_invalid"), (altered("/trace/records/", other_suite), "bad_proof"),
        (altered("/trace/records/", reordered), "bad_proof"), (altered("/org/", other_key), "signature_invalid"),
        (altered("/org/", other_owner), "issuer_mismatch"),
        (lambda path, body: body[:-1] + b',"id":"x"}' if path.startswith("/trace/records/") and path.endswith(".json") else body, "duplicate_key"),
        (lines(".tlog-proof", lambda t: t.replace("index 3", "index 2")), "inclusion_invalid"),
        (lines(".tlog-proof", other_sibling), "inclusion_invalid"),
        (lines(".tlog-proof", lambda t: t.replace("yidun.example/log\n", "yidun.example/log2\n", 1)), "checkpoint_invalid"),
    ],
)  # fmt: skip
def test_what_was_tampered_with_is_told_with_its_reason_code(page, record, change: Change, code: str) -> None:
    answer, words = check(page, record, change)

    assert answer == code, words
    assert f"原因代码 {code}" in words


def events_with(edit: Callable[[list[Any]], Any]) -> Change:
    def change(path: str, body: bytes) -> bytes:
        if not path.endswith(".jsonld"):
            return body
        document = json.loads(body)
        edit(document["epcisBody"]["eventList"])
        return json.dumps(document).encode()

    return change


def test_the_events_of_a_signed_list_are_compared_one_by_one(page, grown, record) -> None:
    seal(grown, kind="addendum", reason="补一次检测", statement="另送检一次，结果待出。")
    declare_wrong(eventlist.prospect(grown.packed.id, grown.actor).events[0]["eventID"], "incorrect_data", grown.organisation.id, grown.actor)  # fmt: skip
    row = eventlist.sign(grown.packed.id, grown.actor, password_confirmed=True)
    publish()

    answer, words = check(page, row, part="/events")
    assert (answer, "2 个事件都和清单一致" in words) == ("ok", True), words
    edits: list[Callable[[list[Any]], Any]] = [
        lambda e: e[0].update(bizStep="shipping"), lambda e: e.pop(), lambda e: e.append(e[0]), lambda e: e.reverse()
    ]  # fmt: skip
    for edit in edits:
        assert check(page, row, events_with(edit), part="/events")[0] == "events_differ"


def test_a_withdrawn_record_is_told(page, grown, record) -> None:
    seal(grown, kind="withdrawal", reason="抽检不合格")
    publish()

    assert check(page, record)[0] == "withdrawn"


def test_a_record_under_a_key_that_ended_later_still_passes_and_says_so(page, grown, record) -> None:
    identity.create_key(grown.organisation.id, grown.actor)
    publish()

    answer, words = check(page, record)

    assert answer == "ok", words
    assert "记录在停用之前写入" in words


def test_a_cosigned_checkpoint_names_its_witness(page, record, clock) -> None:
    name, seed = "witness.example/w1", b"\x09" * 32
    witnessing.add(str(vkey_of(name, seed)), "https://witness.example.org", "某大学", SYSTEM)

    def post(_url: str, body: bytes) -> Reply:
        note = body.decode().partition("\n\n")[2]
        return Reply(200, "text/plain", cosign(split(note)[0], name, seed, int(clock.now().timestamp())))

    assert witnessing.collect(post) == 1
    assert log.independent_cosigners() == 1

    answer, words = check(page, record)

    assert (answer, "1 家外部见证" in words, name in words) == ("ok", True, True)


def test_a_file_that_cannot_be_fetched_is_no_verdict(page, record) -> None:
    def gone(path: str, body: bytes) -> bytes:
        return b"" if path.endswith("did.json") and "well-known" not in path else body

    assert check(page, record, gone)[0] in ("bad_json", "unable")


def test_without_script_the_page_is_whole_and_the_box_is_hidden(client, record) -> None:
    text = client.get(f"/trace/records/{record.public_id}").text

    assert "<div hidden data-record-check" in text
    assert "技术凭证" in text
