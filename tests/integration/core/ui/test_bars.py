"""Bars of amounts that are whole and broken kilograms at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.ui.drawing import bar_svg


def test_a_bar_of_whole_and_broken_kilograms_is_drawn(app: Any) -> None:
    with app.test_request_context():
        drawn = bar_svg([("装箱", 7, "solid"), ("损耗", Decimal("0.5"), "hatch")], Decimal(10))

    assert 'width="70%"' in drawn
    assert 'x="70%" width="5%"' in drawn
