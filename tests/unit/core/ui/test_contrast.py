"""The colour table of the look, computed from the variables of the stylesheet (WCAG 2)."""

from __future__ import annotations

import re

import pytest

from core.ui.assets import STATIC, bundle, scan_css


def _tokens() -> dict[str, str]:
    text = (STATIC / "css" / "tokens.css").read_text("utf-8")
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{3,6});", text))


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(c * 2 for c in digits)
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    tokens = _tokens()
    light, dark = sorted((_luminance(tokens[one]), _luminance(tokens[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


GROUNDS = ("sheet", "paper", "loess")
TEXTS = ("ink", "ink-2", "jujube", "apple", "apple-deep", "leaf", "ochre", "sushui")


def test_the_measure_itself_is_right() -> None:
    assert (_luminance("#fff") + 0.05) / (_luminance("#000") + 0.05) == pytest.approx(21)
    assert _contrast("ink", "sheet") == pytest.approx(15.51, abs=0.01)
    assert _contrast("edge", "loess") == pytest.approx(3.16, abs=0.01)


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_every_text_colour_can_be_read_on_every_ground(text: str, ground: str) -> None:
    assert _contrast(text, ground) >= 4.5


@pytest.mark.parametrize("tint", ["leaf", "ochre", "apple", "sushui"])
def test_each_tone_and_secondary_text_can_be_read_on_the_tint(tint: str) -> None:
    tone = "apple-deep" if tint == "apple" else tint

    assert _contrast(tone, f"{tint}-tint") >= 4.5
    assert _contrast("ink-2", f"{tint}-tint") >= 6.28 - 0.01


@pytest.mark.parametrize("ground", ["jujube", "jujube-deep", "apple", "apple-deep"])
def test_white_words_can_be_read_on_filled_buttons(ground: str) -> None:
    assert _contrast("white", ground) >= 4.5


@pytest.mark.parametrize("text", ["on-jujube", "on-jujube-2"])
def test_words_in_the_jujube_header_can_be_read(text: str) -> None:
    assert _contrast(text, "jujube") >= 4.5


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("mark", ["edge", "jujube", "sushui"])
def test_edges_of_controls_and_the_focus_ring_stand_out(mark: str, ground: str) -> None:
    assert _contrast(mark, ground) >= 3


@pytest.mark.parametrize("mark", ["gold", "chart-leaf", "chart-sushui"])
def test_chart_series_stand_out_on_the_page(mark: str) -> None:
    assert _contrast(mark, "sheet") >= 3.5


def test_colours_are_written_once() -> None:
    others = [p for p in (STATIC / "css").glob("*.css") if p.name != "tokens.css"]
    found = {p.name: re.findall(r"#[0-9a-f]{3,8}\b", p.read_text("utf-8")) for p in others}

    assert not {name: colours for name, colours in found.items() if colours}


def test_the_scan_page_has_room_for_its_content_beside_the_inlined_stylesheet() -> None:
    css = scan_css()

    assert len(css.text.encode()) < 14_000
    assert css.csp_hash.startswith("'sha256-")


def test_sizes_are_in_rem_so_that_the_readers_own_font_size_counts() -> None:
    for path in (STATIC / "css").glob("*.css"):
        sizes = re.findall(r"font-size:\s*([^;]+);", path.read_text("utf-8"))
        assert all(not s.endswith("px") for s in sizes), path.name


def test_a_bundle_changes_its_address_with_its_content() -> None:
    public, office = bundle("public"), bundle("office")

    assert public[1] != office[1]
    assert b"/*" not in public[0]
