"""Who may take a mark file: only who holds something live for this very brand or mark."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageChops

from brand.mark import drawing, rules
from brand.mark.rules import Held, Place

LICENCE = Held("授-1", "brand", 7, True)
GI = Held("备案1号", "gi_mark", None, True, printed_code="91140821MA0000000X")


@pytest.mark.parametrize(
    ("held", "mark", "brand", "unmet"),
    [
        ([LICENCE], "brand", 7, []),
        ([LICENCE], "brand", 8, ["mark.no_authority"]),
        ([LICENCE], "green", None, ["mark.no_authority"]),
        ([Held("授-1", "brand", 7, False)], "brand", 7, ["mark.no_authority"]),
        ([Held("LB-1", "green", None, True)], "green", None, []),
        ([Held("LB-1", "green", None, False), LICENCE], "green", None, ["mark.no_authority"]),
        ([GI], "gi_mark", None, []),
        ([Held("备案1号", "gi_mark", None, True)], "gi_mark", None, ["mark.no_code"]),
        ([], "gi_mark", None, ["mark.no_authority"]),
    ],
)
def test_files_are_taken_under_a_live_licence_or_certificate_of_this_very_mark_only(
    held: list[Held], mark: str, brand: int | None, unmet: list[str]
) -> None:
    assert [u.rule for u in rules.unmet_download(held, mark, brand, retired=False, current=True)] == unmet


@pytest.mark.parametrize(
    ("held", "shown"), [([LICENCE], True), ([Held("授-1", "brand", 7, False)], True), ([GI], False), ([], False)]
)
def test_files_are_shown_to_whom_had_something_for_the_mark_and_to_nobody_else(held: list[Held], shown: bool) -> None:
    assert rules.concerns(held, "brand", 7) is shown


@pytest.mark.parametrize(
    ("retired", "current", "unmet"), [(True, False, ["mark.retired"]), (False, False, ["mark.superseded"])]
)
def test_a_retired_or_superseded_version_is_given_to_nobody(retired: bool, current: bool, unmet: list[str]) -> None:
    assert [u.rule for u in rules.unmet_download([LICENCE], "brand", 7, retired=retired, current=current)] == unmet


@pytest.mark.parametrize(
    ("place", "mark", "picture", "sound"),
    [
        (Place(), "brand", True, True),
        (Place(1, 1, 10, 10), "brand", True, False),
        (Place(100, 850, 800, 60), "gi_mark", True, True),
        (Place(), "gi_mark", True, False),
        (Place(100, 850, 800, 60), "gi_mark", False, False),
        (Place(300, 850, 800, 60), "gi_mark", True, False),
        (Place(0, 0, 1000, 1000), "gi_mark", True, True),
    ],
)
def test_only_the_geographical_mark_has_a_place_for_the_users_code(
    place: Place, mark: str, picture: bool, sound: bool
) -> None:
    assert (rules.unsound_place(place, mark, picture=picture) == "") is sound


def _png(colour: tuple[int, int, int, int] = (255, 255, 255, 255)) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (800, 800), colour).save(out, "PNG")
    return out.getvalue()


def test_the_code_stands_in_its_place_and_nowhere_else() -> None:
    before = Image.open(io.BytesIO(_png())).convert("RGB")

    after = Image.open(
        io.BytesIO(drawing.with_code(_png(), "91140821MA0000000X", Place(100, 850, 800, 60), "image/png"))
    )

    assert after.mode == "RGBA"
    left, top, right, bottom = ImageChops.difference(before, after.convert("RGB")).getbbox() or (0, 0, 0, 0)
    assert 80 <= left < right <= 720
    assert 680 <= top < bottom <= 728


def test_a_preview_is_small_and_covered_with_the_number() -> None:
    plain = drawing.preview(_png(), " ")
    marked = drawing.preview(_png(), "临猗授〔2026〕0001号")

    one, other = Image.open(io.BytesIO(plain)), Image.open(io.BytesIO(marked))
    assert max(other.size) == drawing.SIDE
    box = ImageChops.difference(one.convert("RGB"), other.convert("RGB")).getbbox()
    assert box is not None
    assert box[2] - box[0] > 500
    assert box[3] - box[1] > 500
