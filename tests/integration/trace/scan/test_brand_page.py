"""What the trace floor tells a brand's page: sealed lots, codes and visits under the brand's licences, nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from brand.matrix import queries as matrix
from core import hooks
from core.db import db
from shop.catalogue import brand_page as shop_page
from tests.factories import shop as shop_factory
from tests.factories.code import make_licence, make_sealed_lot
from trace.code import service as codes
from trace.scan import brand_page


@pytest.fixture
def grown(session: Any, clock: Any) -> Any:
    """A lot sealed on 2026-11-20 under a licence of 猗顿农品."""
    return make_sealed_lot()


def _ids(key: str = "yidun") -> list[int]:
    return matrix.with_below(matrix.by_key(key).id)


def test_a_lot_sealed_under_a_licence_counts_for_its_brand_and_no_other(grown: Any) -> None:
    assert brand_page.figures(brand_ids=_ids())["sealed_lots"] == 1
    assert brand_page.figures(brand_ids=_ids("linyi-apple"))["sealed_lots"] == 0

    (line,) = brand_page.recent_lots(brand_ids=_ids(), limit=8, lang="en")

    assert line.kind == "lot"
    assert grown.packed.lot_no in line.title
    assert "sealed on 2026-11-20" in line.note
    assert line.href.startswith("/trace/records/")


@pytest.mark.parametrize(
    ("first", "last", "counted"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), 1),
        (date(2026, 11, 21), date(2027, 1, 1), 0),
        (date(2026, 1, 1), date(2026, 11, 19), 0),
    ],
)
def test_a_lot_counts_where_the_licence_held_on_the_day_of_sealing(
    session: Any, clock: Any, first: date, last: date, counted: int
) -> None:
    grown = make_sealed_lot(licensed=False)
    make_licence(grown, first, last)

    assert brand_page.figures(brand_ids=_ids())["sealed_lots"] == counted


def test_a_stopped_lot_is_not_shown_among_the_recent_ones(grown: Any) -> None:
    with hooks.lot_blocks.only(lambda lot_ids: dict.fromkeys(lot_ids, "召回")):
        assert brand_page.recent_lots(brand_ids=_ids(), limit=8, lang="zh") == []


def test_codes_and_visits_are_those_of_the_brands_licences(grown: Any) -> None:
    series = codes.issue_series(grown.packed.public_id, 12, grown.actor)
    db.session.execute(
        text("insert into trace_scan_code (item_id, unit, visits) values (:i, :a, 3), (:i, :b, 2)"),
        {"i": series.item_id, "a": series.start_unit, "b": series.last_unit + 1},
    )

    found = brand_page.figures(brand_ids=_ids())

    assert (found["codes"], found["visits"]) == (12, 3)
    assert brand_page.figures(brand_ids=_ids("linyi-winter-jujube")) == {"sealed_lots": 0, "codes": 0, "visits": 0}


def test_products_on_sale_are_those_whose_item_is_licensed_today(grown: Any, clock: Any) -> None:
    org = grown.organisation.id
    shop_factory.make_listing(org, grown.box, title="示例富士，一箱", price_fen=5980)
    shop_factory.make_listing(org, shop_factory.make_item(org), title="没有授权的商品")

    (line,) = shop_page.products(brand_ids=_ids(), limit=8, lang="zh")

    assert (line.title, line.price_fen) == ("示例富士，一箱", 5980)
    assert shop_page.figures(brand_ids=_ids()) == {"listings": 1}
    clock.set("2027-09-01 00:00:00")
    assert shop_page.figures(brand_ids=_ids()) == {"listings": 0}
