"""What the code page answers: status, headers, bytes.  Used by the short cut in front of Flask and by the views alike."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from threading import Lock
from typing import Any
from urllib.parse import quote

from flask import Flask

from core import clock
from core.errors import BadInput, Unavailable
from core.group_commit import GroupCommit
from core.seal import service as seal
from trace.resolver.answers import CORS, VARY, Reply, problem
from trace.resolver.rules import LINKSET
from trace.scan import facts, render, resolve, resolving
from trace.scan.addresses import Address, parse
from trace.scan.blocks import Marks
from trace.scan.reader import DEVICE_COOKIE, Reader, read
from trace.scan.resolve import Target
from trace.scan.visits import Seen, VisitRow, store
from trace.scan.words import failed_step, refusal
from trace.signing.queries import reason_text

FRESH = 30.0  # seconds a rendered page may stand when nothing it depends on changed (offers of other floors)
KEPT_PAGES = 400
YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer before any framework."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Kept:
    page: render.Chunks
    status: int
    made: float
    marks: Marks


class CodePage:
    """The code page of one application: its visits, its rendered pages."""

    def __init__(self, app: Flask) -> None:
        settings = app.config["SETTINGS"]
        self.app = app
        self.secure = bool(settings.secure_cookies)
        self.origin = settings.link_origin
        self.production = bool(settings.production)
        self.visits: GroupCommit[VisitRow, Seen] = GroupCommit("visits", settings.database_url, store)
        self._pages: dict[tuple[Any, ...], _Kept] = {}
        self._rendering = Lock()

    def answer(
        self, environ: Mapping[str, Any], path: str, *, staff: bool = False, always_page: bool = False
    ) -> Answer:
        """The answer for a code address (percent-coded ``path``); counts the visit and is durable when it returns."""
        reader = read(environ)
        query = str(environ.get("QUERY_STRING", ""))
        try:
            address = parse(path)
            if query:
                resolving.check_attributes(path, query)
        except BadInput as wrong:
            return self._malformed(environ, reader, path, wrong, staff=staff)
        if ("linkType" in query or LINKSET in environ.get("HTTP_ACCEPT", "")) and resolving.asks(environ):
            return self._links(environ, reader, address)
        target = resolve.kept(address)
        if target is None:
            with self.app.app_context():
                target = resolve.resolve(address)
        if not (reader.wants_page or always_page) and target.kind in ("unit", "lot", "product"):
            return _plain(resolving.default(address, target, self.origin, query))
        if target.kind in ("unit", "lot"):
            return self._lot(environ, reader, address, target, staff=staff)
        return self._without_record(environ, reader, address, target, staff=staff)

    # -- the page of a lot or of one unit of it ----------------------------------------------------------------------

    def _lot(
        self, environ: Mapping[str, Any], reader: Reader, address: Address, target: Target, *, staff: bool
    ) -> Answer:
        seen = self._count(environ, reader, target, address.path(), 200, staff=staff or target.kind == "lot")
        kept = self._page(target, reader, seen)
        if kept is None:
            return self._without_record(
                environ, reader, address, Target("product", target.item_id, lot_no=target.lot_no), staff=True
            )
        if mark := kept.marks.of(target.unit):
            return self._stopped(reader, address, target, mark)
        path = address.path(lot=target.lot_no, serial=address.serial)
        block = b""
        if target.kind == "unit":
            assert address.serial is not None
            block = render.visits_block(
                reader.lang, visits=seen.visits, first_at=seen.first_at, serial=address.serial,
                covered=target.has_covered and kept.status == 200, path=path,
            )  # fmt: skip
        body = kept.page.join({render.VISITS: block, render.PATH: path.replace("/", "%2F").encode("ascii")})
        return Answer(kept.status, self._headers(reader, address), body)

    def _stopped(self, reader: Reader, address: Address, target: Target, mark: str) -> Answer:
        """The page of a unit whose code was stopped by the office or whose label was voided: nothing of the record as its own."""
        with self.app.app_context():
            page = facts.product_page(target.item_id) if target.item_id is not None else None
            html = render.page(
                self.app, "stopped", reader.lang, large=reader.large, mark=mark, name=page.name if page else "",
                lot_no=target.lot_no, serial=address.serial or "", lot_path=address.path(lot=target.lot_no),
                path=quote(address.path(lot=target.lot_no, serial=address.serial), safe=""),
            )  # fmt: skip
        return Answer(200, self._headers(reader, address), html.encode("utf-8"))

    def _page(self, target: Target, reader: Reader, seen: Seen) -> _Kept | None:
        slot = (seen.state, facts.today_key(), reader.lang, reader.large)
        kept = self._pages.get(slot)
        if kept is not None and time.monotonic() - kept.made < FRESH:
            return kept
        # One thread renders; the others take the page of the same state that is a little old, or wait for the first.
        if not self._rendering.acquire(blocking=kept is None):
            return kept
        try:
            kept = self._pages.get(slot)
            if kept is not None and time.monotonic() - kept.made < FRESH:
                return kept
            return self._render(target, reader, slot)
        finally:
            self._rendering.release()

    def _render(self, target: Target, reader: Reader, slot: tuple[Any, ...]) -> _Kept | None:
        with self.app.app_context():
            assert target.lot_id is not None
            page = facts.lot_page(target.lot_id, reader.lang)
            if page is None:
                return None
            code = page.record.verification
            reason = failed_step(reader.lang, reason_text(code), code) if page.failed else ""
            html = render.page(
                self.app, "failed" if page.failed else "lot", reader.lang, large=reader.large, page=page, reason=reason
            )
        kept = _Kept(render.cut(html), page.status, time.monotonic(), page.marks)
        if len(self._pages) >= KEPT_PAGES:
            self._pages.clear()
        self._pages[slot] = kept
        return kept

    # -- everything else ---------------------------------------------------------------------------------------------

    def _without_record(
        self, environ: Mapping[str, Any], reader: Reader, address: Address, target: Target, *, staff: bool
    ) -> Answer:
        status = 200 if target.kind == "product" else 404
        asked = address.path(lot=address.lot, serial=address.serial)
        if status == 404:
            self._count(environ, reader, target, asked, 404, staff=staff)
            if not reader.wants_page:
                return _plain(problem(404, "这个编号没有发出过。", "code.unknown"))
        with self.app.app_context():
            page = facts.product_page(target.item_id) if target.item_id is not None else None
            if status == 200:
                html = render.page(
                    self.app, "product", reader.lang, large=reader.large, page=page, lot_no=target.lot_no,
                    base=address.product_path + ("/10/" if address.gtin else "/lot/"),
                )  # fmt: skip
            else:
                html = self._unknown(reader, address, target, page)
        html = html.replace(render.PATH, quote(asked, safe=""))
        return Answer(status, self._headers(reader, address), html.encode("utf-8"))

    def _unknown(self, reader: Reader, address: Address, target: Target, page: facts.ProductPage | None) -> str:
        no_product = target.kind == "no_product"
        return render.page(
            self.app, "unknown", reader.lang, large=reader.large,
            heading="查不到这个商品" if no_product else "查不到这个编号",
            sentence="没有登记过这个商品，我们无法说明它的来历。" if no_product else "这个批次没有发出过这个编号，我们无法说明这箱产品的来历。",
            name=page.name if page else "", lot_no=target.lot_no, serial=address.serial or "",
            base="" if no_product else address.path(lot=address.lot), path=render.PATH,
        )  # fmt: skip

    def _malformed(
        self, environ: Mapping[str, Any], reader: Reader, path: str, wrong: BadInput, *, staff: bool
    ) -> Answer:
        asked = path[:200].replace("\x00", "")
        self._count(environ, reader, Target("malformed"), asked, 400, staff=staff)
        if not reader.wants_page:
            return _plain(problem(400, wrong.message, wrong.code))
        with self.app.app_context():
            html = render.page(
                self.app, "unknown", reader.lang, large=reader.large, heading="这个地址读不出来",
                sentence=refusal(reader.lang, wrong.message, wrong.code),
                name="", lot_no="", serial="", base=_base_of(path), path=quote(asked, safe=""),
            )  # fmt: skip
        return Answer(400, self._headers(reader, None), html.encode("utf-8"))

    def _count(
        self, environ: Mapping[str, Any], reader: Reader, target: Target, asked: str, status: int, *, staff: bool
    ) -> Seen:
        counts = reader.counts and not staff
        unit = target.unit if target.kind == "unit" else None
        if not counts and unit is None and target.lot_id is None:
            return Seen(0, None, None)
        alias = self.alias(environ)
        device = bytes.fromhex(reader.device) if reader.device else alias
        return self.visits.submit(
            VisitRow(
                target.item_id if unit is not None else None, unit, target.lot_id, "" if unit is not None else asked[:200],
                status, device, alias, clock.now(), counts,
            )
        )  # fmt: skip

    @staticmethod
    def alias(environ: Mapping[str, Any]) -> bytes:
        """The device by address and agent, for one day only."""
        agent = str(environ.get("HTTP_USER_AGENT", ""))
        return _device_hash(str(environ.get("REMOTE_ADDR", "")), agent, facts.today_key())

    def device(self, environ: Mapping[str, Any], reader: Reader) -> bytes:
        """The device: its cookie, else the keyed hash of the day."""
        return bytes.fromhex(reader.device) if reader.device else self.alias(environ)

    # -- headers and small answers -----------------------------------------------------------------------------------

    def _headers(self, reader: Reader, address: Address | None) -> tuple[tuple[str, str], ...]:
        out = list(_fixed_headers(self.production))
        if address is not None:
            path = address.path(lot=address.lot, serial=address.serial)
            out.append(("Link", f'<{self.origin}{path}?linkType=linkset>; rel="linkset"; type="{LINKSET}"'))
        secure = "; Secure" if self.secure else ""
        if reader.new_device:
            cookie = f"{DEVICE_COOKIE}={reader.new_device}; Max-Age={YEAR}; Path=/; HttpOnly; SameSite=Lax{secure}"
            out.append(("Set-Cookie", cookie))
        for name, value in reader.keep:
            out.append(("Set-Cookie", f"{name}={value}; Max-Age={YEAR}; Path=/; HttpOnly; SameSite=Lax{secure}"))
        return tuple(out)

    def _links(self, environ: Mapping[str, Any], reader: Reader, address: Address) -> Answer:
        """The linkset, or the redirect to one link; where a person would have to choose, a page to choose from."""
        with self.app.app_context():
            reply = resolving.links(address, self.origin, environ)
            if reply.status != 300 or not reader.wants_page:
                return _plain(reply)
            links = resolving.choices(reply)
            html = render.page(self.app, "choose", reader.lang, large=reader.large, links=links)
        return Answer(300, self._headers(reader, address), html.encode("utf-8"))

    def away(self, error: Unavailable) -> Answer:
        """503 with Retry-After: the visit could not be stored."""
        headers = (
            ("Content-Type", "text/plain; charset=utf-8"), ("Retry-After", str(error.retry_after or 3)),
            ("Cache-Control", "no-store"),
        )  # fmt: skip
        return Answer(503, headers, error.message.encode("utf-8"))


def _plain(reply: Reply) -> Answer:
    return Answer(reply.status, reply.headers, reply.body)


@lru_cache(maxsize=2)
def _fixed_headers(production: bool) -> tuple[tuple[str, str], ...]:
    """What every page of this room says, whoever asks."""
    out = (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", render.style()[1]),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
        ("Vary", VARY),
        *CORS,
    )
    return (*out, ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")) if production else out


@lru_cache(maxsize=20_000)
def _device_hash(address: str, agent: str, day: str) -> bytes:

    return seal.device_hash(address, agent, date.fromisoformat(day))


def _base_of(path: str) -> str:
    """The readable beginning of a malformed address, for typing the serial again; '' where not even that is readable."""
    for ending in ("/21/", "/ser/", "/SER/"):
        head, found, _ = path.rpartition(ending)
        if found:
            try:
                parse(head)
            except BadInput:
                return ""
            return head
    return ""
