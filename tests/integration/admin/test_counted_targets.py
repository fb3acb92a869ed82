"""The figures of K09 to K13 are the lengths of lists anybody in the office can open."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from admin.statistics.queries import values
from brand.matrix.service import establish_matrix
from brand.nurture import service as nurture
from brand.promotion import service as promotion
from tests.factories import nurture as entries
from tests.factories import promotion as events

CODES = {"K09": "own_brands", "K10": "online_goods", "K11": "fairs", "K12": "roadshows", "K13": "campaigns"}


@pytest.fixture
def counted(session: Any, as_user: Any, clock: Any) -> dict[str, Any]:
    """One thing counted of each kind, one product waiting; the fair a year before the roadshow and the campaign."""
    clock.set("2025-10-01 09:00:00")
    clerk, decider, owner = (as_user(r).actor for r in ("brand_clerk", "brand_decider", "owner"))
    establish_matrix(clerk)
    for kind, day, more in (
        ("fair", date(2025, 10, 18), {}),
        ("roadshow", date(2026, 5, 20), {"level": "provincial"}),
        ("campaign", date(2026, 5, 21), {"etown_content": "示例政策"}),
    ):
        plan = {
            "starts_on": day,
            "ends_on": day,
            "capacity": None,
            "enrol_until": None,
            "title": f"示例{kind}",
            "kind": kind,
        }
        event = events.make_event(clerk, **(plan | more))
        clock.set(f"{day.isoformat()} 18:00:00")
        events.write_summary(event, clerk)
        events.give_evidence(event, clerk)
        promotion.move(event, clerk, "hold")
        promotion.move(event, decider, "check")
    clock.set("2026-11-20 10:00:00")
    entries.counted(owner, decider, kind="brand", brand_id=entries.own_brand(owner, "示例小枣"))
    product = entries.counted(owner, decider, name="示例脆片", since=date(2026, 5, 1))
    nurture.move(entries.make_entry(owner, name="示例果干"), owner, "submit")
    return {"product": product, "decider": decider}


def test_each_figure_is_the_length_of_its_list(counted: Any, as_user: Any) -> None:
    found = values()
    client = as_user("statistician")

    assert {code: found[metric].amount for code, metric in CODES.items()} == {
        "K09": 1, "K10": 1, "K11": 0, "K12": 1, "K13": 1,
    }  # fmt: skip
    for code, metric in CODES.items():
        page = client.get(f"/office/targets/{code}/counted").text
        assert f"计入 {found[metric].amount} " in page
    overview = client.get("/office/statistics/").text
    assert overview.count("看计入的清单") == len(CODES)


def test_three_indicators_never_share_an_event(counted: Any, as_user: Any) -> None:
    client = as_user("statistician")
    pages = {code: client.get(f"/office/targets/{code}/counted?year=2025").text for code in ("K11", "K12", "K13")}
    now = {code: client.get(f"/office/targets/{code}/counted").text for code in ("K11", "K12", "K13")}

    assert [("示例fair" in pages[c], "示例fair" in now[c]) for c in pages] == [
        (True, False),
        (False, False),
        (False, False),
    ]
    assert ["示例roadshow" in now[c] for c in now] == [False, True, False]
    assert ["示例campaign" in now[c] for c in now] == [False, False, True]
    assert "示例campaign" not in pages["K13"]


def test_a_list_of_an_earlier_day_leaves_out_what_counted_later(counted: Any, as_user: Any) -> None:
    client = as_user("statistician")
    page = client.get("/office/targets/K10/counted").text
    assert "示例脆片" in page
    assert "示例果干" not in page
    assert "1 条待核对" in page
    assert "不少于 5 款" in page
    assert "不少于 10 款" in page
    assert "示例脆片" not in client.get("/office/targets/K10/counted?year=2025").text
    nurture.move(counted["product"], counted["decider"], "remove", "已停产")
    assert "计入 0 款" in client.get("/office/targets/K10/counted").text


@pytest.mark.parametrize("year", ["", "20261", "-1", "２０２６", "2019", "2099", "x"])
def test_a_year_nobody_can_know_is_read_as_this_one(counted: Any, as_user: Any, year: str) -> None:
    assert "2026 年，截至 2026-11-20" in as_user("auditor").get(f"/office/targets/K13/counted?year={year}").text


def test_the_list_is_exported_and_other_targets_have_none(counted: Any, as_user: Any) -> None:
    client = as_user("statistician")
    answer = client.get("/office/targets/K09/counted?format=csv")
    assert "示例小枣" in answer.data.decode("utf-8-sig")
    assert "K09-2026-11-20.csv" in answer.headers["Content-Disposition"]
    assert client.get("/office/targets/K09/counted?format=xlsx").data[:2] == b"PK"
    assert client.get("/office/targets/K01/counted").status_code == 404
    assert as_user("owner").get("/office/targets/K09/counted").status_code == 403
