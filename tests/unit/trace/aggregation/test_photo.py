"""Codes on a photo of labels: read upright and small, from top to bottom, each once; what is no photo is refused."""

from __future__ import annotations

import io

import pytest
import qrcode
from PIL import Image, ImageFilter

from core.errors import DomainError, TooLarge
from trace.aggregation import photo

FIRST, SECOND = (
    "HTTP://SHOP.EXAMPLE/01/09521234000010/21/A0000000000B1",
    "HTTP://SHOP.EXAMPLE/01/09521234000010/21/A0000000000B2",
)


def label(text: str) -> Image.Image:
    return qrcode.make(text, box_size=5, border=4).convert("RGB")


def table(*texts: str, size: tuple[int, int] = (1600, 1200), turn: int = 0) -> Image.Image:
    """Labels lying on a table, the first at the top."""
    made = Image.new("RGB", size, (170, 150, 120))
    for number, text in enumerate(texts):
        one = label(text).rotate(7 - 5 * number, expand=True, fillcolor=(170, 150, 120))
        made.paste(one, (120 + 500 * (number % 3), 60 + 380 * (number // 3)))
    return made.rotate(turn, expand=True).filter(ImageFilter.GaussianBlur(1))


def jpeg(picture: Image.Image, **more: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=70, **more)
    return out.getvalue()


@pytest.mark.parametrize("turn", [0, 90, 180])
def test_every_label_on_a_blurred_photo_is_read_however_the_phone_was_held(turn: int) -> None:
    assert set(photo.codes_in(jpeg(table(FIRST, SECOND, turn=turn)))) == {FIRST, SECOND}


def test_the_order_is_from_top_to_bottom_and_a_code_seen_twice_counts_once() -> None:
    texts = [FIRST, FIRST, FIRST, SECOND]

    assert photo.codes_in(jpeg(table(*texts))) == [FIRST, SECOND]


def test_an_upside_down_exif_photo_is_put_upright_first() -> None:
    exif = Image.Exif()
    exif[0x0112] = 3

    assert photo.codes_in(jpeg(table(FIRST, FIRST, FIRST, SECOND, turn=180), exif=exif)) == [FIRST, SECOND]


def test_a_photo_without_a_code_gives_none() -> None:
    assert photo.codes_in(jpeg(Image.new("RGB", (640, 480), "white"))) == []


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 ...", b"\xff\xd8\xff\xe0broken", b"GIF89a"])
def test_what_is_no_photo_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(DomainError):
        photo.codes_in(data)


def test_a_photo_beyond_the_limit_is_refused_before_it_is_opened() -> None:
    with pytest.raises(TooLarge, match="12 MB"):
        photo.codes_in(b"\xff\xd8\xff" + bytes(photo.MAX_BYTES))
