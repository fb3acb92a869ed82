"""The brand office's list of 10,000 licences: whole pages filtered, sorted, turned and searched, against the unfiltered first page.

Runs on a database of its own in the test cluster.  A figure is the 95th percentile of 60 requests through the application (session,
rights, statements, page), with the rows of 2,000 enterprises and 8 brands; the bare statement of a page stands beside it.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from results import Result
from sqlalchemy import insert, select, text

from brand.licence.models import Licence
from brand.licence.rules import ISSUED, LICENCE
from brand.matrix.models import Brand
from core import clock
from core.db import db, unit_of_work
from core.organisation.models import Organisation
from core.organisation.rules import sort_key
from tests.support import applications, databases
from tests.support.people import People, invented_uscc

LICENCES, ENTERPRISES, BRANDS, TIMES, MOST = 10_000, 2_000, 8, 60, 100.0
NOW = datetime(2026, 11, 20, 12, tzinfo=clock.SHANGHAI)
TODAY = NOW.date()
STATES = [s.key for s in LICENCE.states if s.key != "draft"]


def _organisations() -> list[int]:
    rows = [
        {"kind": "enterprise", "code": invented_uscc(50_000 + n), "name": (name := f"临猗示例{n:04d}果业专业合作社"),
         "short_name": name[:20], "name_pinyin": sort_key(name), "town": f"示例{n % 14}镇", "state": "active"}
        for n in range(ENTERPRISES)
    ]  # fmt: skip
    return list(db.session.scalars(insert(Organisation).returning(Organisation.id), rows))


def _brands() -> list[int]:
    """One regional brand and county brands below it."""
    root = db.session.scalars(
        insert(Brand).values(key="bench", level="regional", name="示例区域品牌").returning(Brand.id)
    ).one()
    rows = [
        {"key": f"bench-{n}", "level": "county", "parent_id": root, "name": f"示例品牌{n}"} for n in range(1, BRANDS)
    ]
    return [root, *db.session.scalars(insert(Brand).returning(Brand.id), rows)]


def _licence(n: int, organisations: list[int], brands: list[int]) -> dict[str, Any]:
    """Spread over states, brands, enterprises and ten years; most of an old office's cases are issued ones."""
    state = "licensed" if n % 3 == 0 else STATES[n % len(STATES)]
    issued = state in ISSUED
    start = date(2020, 1, 1) + timedelta(days=n * 2500 // LICENCES)
    sent = datetime(2019, 12, 1, 9, tzinfo=clock.SHANGHAI) + timedelta(days=n * 2500 // LICENCES)
    return {
        "case_no": f"SQ-{start.year}-{n:05d}", "brand_id": brands[n % len(brands)],
        "organisation_id": organisations[n * 7 % len(organisations)], "kind": "new", "state": state, "submitted_at": sent,
        "licence_no": f"YD-{start.year}-{n:05d}" if issued else None, "valid_from": start if issued else None,
        "valid_until": start + timedelta(days=1095) if issued else None, "decided_at": sent if issued else None,
        "anchor_on": start if issued else None, "ended_on": TODAY if state in ("withdrawn", "replaced") else None,
    }  # fmt: skip


def _fill() -> None:
    with unit_of_work():
        firms = _organisations()
        brands = _brands()
        db.session.execute(insert(Licence), [_licence(n, firms, brands) for n in range(LICENCES)])
    with unit_of_work():
        db.session.execute(text("analyze"))


def _asked() -> dict[str, str]:
    brand = db.session.scalars(select(Brand.id).where(Brand.name == "示例品牌3")).one()
    firm = db.session.scalars(select(Organisation.code).where(Organisation.name.contains("0700"))).first()
    asked = {
        "filtered by state": "state=licensed", "filtered by brand": f"brand={brand}",
        "filtered by enterprise": f"q={firm}", "filtered by end in 60 days": "ends=60", "filtered by end passed": "ends=over",
        "state, brand and end together": f"state=licensed&brand={brand}&ends=over",
        "searched by part of a name": "q=示例0700", "searched by number": "q=YD-2023-04", "searched by pinyin": "q=linyishili07", "searched for nothing there": "q=没有这家",
        "page 100": "page=100", "last page": "page=100000", "page 50 by enterprise": "sort=organisation&page=50",
    }  # fmt: skip
    for key in ("case_no", "organisation", "kind", "brand_name", "submitted_at", "licence_no", "valid_until", "state"):
        asked[f"sorted by {key}"] = f"sort={key}"
        asked[f"sorted by {key}, turned"] = f"sort=-{key}"
    return asked


def _p95(times: list[float]) -> float:
    return sorted(times)[round(len(times) * 0.95) - 1]


def _timed(deed: Callable[[], None]) -> float:
    begun = time.perf_counter()
    deed()
    return (time.perf_counter() - begun) * 1000


def _measure(app: Any) -> list[Result]:
    with app.app_context():
        _fill()
        asked = _asked()
    clerk = People(app)("brand_clerk")

    def page(words: str) -> None:
        answer = clerk.get(f"/brand/cases?{words}")
        assert answer.status_code == 200, (words, answer.status_code)

    def bare() -> None:
        with app.app_context():
            db.session.execute(select(Licence).order_by(Licence.case_no.desc()).limit(30)).all()

    kinds: dict[str, Callable[[], None]] = {"bare": bare, "plain": lambda: page("")}
    kinds |= {name: (lambda words=words: page(words)) for name, words in asked.items()}
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for deed in kinds.values():
        deed()  # what is loaded once is not counted
    for _ in range(TIMES):  # side by side: one of each in turn
        for name, deed in kinds.items():
            times[name].append(_timed(deed))
    plain = _p95(times["plain"])
    found = [
        Result(
            "p95, first page unfiltered",
            plain,
            _p95(times["bare"]),
            "ms",
            against="bare statement of 30 rows",
            most=MOST,
        )
    ]
    found += [Result(f"p95, {name}", _p95(times[name]), plain, "ms", against="first page", most=MOST) for name in asked]
    return found


def run() -> list[Result]:
    """Fill, ask, and compare."""
    with ExitStack() as stack:
        url = stack.enter_context(databases.clone())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = stack.enter_context(applications.settings_of(applications.environment(url, folder)))
        app = applications.build(settings)
        stack.enter_context(clock.frozen(NOW))
        found = _measure(app)
        with app.app_context():
            db.engine.dispose()
    return found
