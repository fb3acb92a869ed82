"""``make drill``: web processes and the database are killed while buyers order; no acknowledged order is lost, none is doubled.

A platform of its own (fresh folder, demo story, free port).  Every buyer holds a filled checkout form before the faults begin and sends
it until it is answered, always with the same once key, as a browser does that asks again.  Exit code 0 where every promise held.
"""

from __future__ import annotations

import os
import secrets
import signal
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from html.parser import HTMLParser
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import psycopg

from tests.support.platform import Platform, running, wait_until

BUYERS, AT_ONCE, WEB_KILLS = 24, 4, 3
ADDRESS = {
    "name": "演练", "province": "山西省", "city": "运城市", "county": "临猗县", "detail": "示例路1号",
}  # fmt: skip


class Forms(HTMLParser):
    """The forms of a page: where each is sent, and its fields as they stand."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {k: v or "" for k, v in attrs}
        if tag == "form":
            self.found.append((told.get("action", ""), {}))
        elif tag == "input" and self.found and told.get("name") and told.get("type") in ("hidden", "radio"):
            self.found[-1][1].setdefault(told["name"], told.get("value", ""))

    def to(self, action: str) -> dict[str, str]:
        """The fields of the first form sent to ``action``."""
        return next(fields for where, fields in self.found if urllib.parse.urlsplit(where).path == action)


class Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer, not a way."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


@dataclass
class Buyer:
    """A browser with a cart and a filled checkout form."""

    origin: str
    form: dict[str, str] = field(default_factory=dict)
    place: str = ""
    answers: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()), Stay()).open

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, ``Location`` and body; status 0 where the connection broke before an answer was whole."""
        data = None if form is None else urllib.parse.urlencode(form).encode()
        try:
            with self._open(self.origin + path, data, timeout=20) as answer:
                return answer.status, "", answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, urllib.parse.urlsplit(error.headers.get("Location", "")).path, ""
        except (OSError, HTTPException):
            return 0, "", ""

    def prepare(self, product: str) -> None:
        """One piece in the cart, the checkout page read and its form filled."""
        fields = Forms(self.ask(product)[2]).to("/cart/add")
        status, _, _ = self.ask("/cart/add", fields)
        page = self.ask("/checkout")[2]
        if status != 302 or not page:
            raise SystemExit(f"the cart could not be filled: {status}")
        self.form = Forms(page).to("/checkout") | ADDRESS | {"mobile": f"138{secrets.randbelow(10**8):08d}"}
        # a number of its own: one telephone number may hold only a few unpaid orders

    def order(self) -> None:
        """Send the form until it is answered; afterwards ``place`` is where the acknowledged order stands."""
        until = time.monotonic() + 120
        while time.monotonic() < until:
            status, place, _ = self.ask("/checkout", self.form)
            self.answers[status] += 1
            if status == 302:
                self.place = place
                return
            if status not in (0, 503):
                return  # neither an answer of a fault nor an order: reported as a broken promise
            time.sleep(0.1)


def _product(platform: Platform, origin: str) -> str:
    """The listing that can be bought."""
    with psycopg.connect(platform.database().dsn) as connection:
        rows = connection.execute("select public_id from shop_catalogue_listing where state = 'published'").fetchall()
    for (public_id,) in rows:
        path = f"/p/{public_id}"
        if 'name="variant"' in Buyer(origin).ask(path)[2]:
            return path
    raise SystemExit("no listing can be bought")


def _web_processes(platform: Platform) -> list[int]:
    """The processes that answer requests, below granian's own."""
    first = platform.child("granian")
    found = []
    for pid in platform.children():
        try:
            parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        if parent == first:
            found.append(pid)
    return found


def _kill_web_process(platform: Platform) -> None:
    processes = wait_until(lambda: _web_processes(platform), 60, "a web process to kill")
    os.kill(processes[-1], signal.SIGKILL)


def _kill_web_server(platform: Platform) -> None:
    os.killpg(platform.child("granian"), signal.SIGKILL)


def _kill_database(platform: Platform) -> None:
    os.kill(platform.database().pid, signal.SIGKILL)


def _ready(platform: Platform) -> bool:
    found = platform.checks()
    return bool(found) and all(found.values())


def _round(platform: Platform, product: str, name: str, fault: Callable[[Platform], None], times: int) -> list[str]:
    """Buyers order while ``fault`` strikes ``times``; the broken promises in words."""
    origin = f"http://127.0.0.1:{platform.port}"
    buyers = [Buyer(origin) for _ in range(BUYERS)]
    for buyer in buyers:
        buyer.prepare(product)
    before = _counts(platform)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [pool.submit(buyer.order) for buyer in buyers]
        for strike in range(1, times + 1):
            mark = strike * BUYERS // (times + 2)
            wait_until(partial(_acknowledged, buyers, mark), 180, f"{mark} orders")
            fault(platform)
        for job in jobs:
            job.result()
    wait_until(lambda: _ready(platform), 120, lambda: f"ready again: {platform.checks()}")
    return _report(name, buyers, before, _counts(platform), times)


def _acknowledged(buyers: list[Buyer], least: int) -> bool:
    return sum(bool(b.place) for b in buyers) >= least


def _counts(platform: Platform) -> tuple[int, int, set[str]]:
    with psycopg.connect(platform.database().dsn) as connection:
        made = {str(row[0]) for row in connection.execute("select public_id from shop_checkout_checkout")}
        orders: Any = connection.execute(
            "select count(*), coalesce(sum(l.quantity), 0)::bigint from shop_order_line l"
        ).fetchone()
    return int(orders[0]), int(orders[1]), made


def _report(
    name: str, buyers: list[Buyer], before: tuple[int, int, set[str]], after: tuple[int, int, set[str]], times: int
) -> list[str]:
    places = [b.place.rsplit("/", 1)[-1] for b in buyers if b.place]
    again = [b.ask("/checkout", b.form)[:2] == (302, b.place) for b in buyers if b.place]
    answers: Counter[int] = sum((b.answers for b in buyers), Counter())
    made = after[2] - before[2]
    broken = []
    if len(places) != len(buyers):
        broken.append(f"{name}: {len(buyers) - len(places)} forms were never answered with an order ({dict(answers)})")
    if set(places) - made:
        broken.append(f"{name}: {len(set(places) - made)} acknowledged orders are lost")
    if len(made) != len(buyers) or len(set(places)) != len(places) or after[0] - before[0] != len(buyers):
        broken.append(f"{name}: {len(buyers)} forms made {len(made)} checkouts and {after[0] - before[0]} order lines")
    if not all(again):
        broken.append(f"{name}: {again.count(False)} replays led elsewhere")
    lost = answers[0]
    print(
        f"{name}: killed {times} times; {len(buyers)} forms, {sum(answers.values())} sendings ({lost} connections broke, "
        f"{answers[503]} answered 503), {len(places)} acknowledged, {len(made)} checkouts and {after[0] - before[0]} order lines "
        f"in the database, {again.count(True)} replays led to the same order"
    )
    return broken


def main() -> int:
    """All rounds on one platform; 1 where a promise was broken."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), 300, YIDUN_SEED="1", YIDUN_WEB_WORKERS="2") as platform,
    ):
        wait_until(lambda: _ready(platform), 120, lambda: f"ready: {platform.checks()}")
        product = _product(platform, f"http://127.0.0.1:{platform.port}")
        broken = [
            *_round(platform, product, "one web process", _kill_web_process, 1),
            *_round(platform, product, "web processes in a row", _kill_web_process, WEB_KILLS),
            *_round(platform, product, "web server", _kill_web_server, 1),
            *_round(platform, product, "database", _kill_database, 1),
        ]
    for line in broken:
        print("BROKEN " + line)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
