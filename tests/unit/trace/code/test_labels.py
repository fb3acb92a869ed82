"""Labels are read back out of the rendered PDF, as a phone would."""

from __future__ import annotations

import numpy as np
import pypdfium2
import pytest
import zxingcpp

from trace.code import labels, rules
from trace.code.labels import Label, Sheet
from trace.code.links import unit_prefix
from trace.code.qrbatch import QrBatch
from trace.code.serial import SerialKey, texts

KEY = SerialKey(bytes(range(32)), item_id=7, version=1)
COVERED = SerialKey(bytes(32), item_id=7, version=1)
FACTS = rules.LabelFacts(
    "富士苹果", "净重 5 kg", "一等品", "果径 80–85 mm", "临猗县示例镇示例村", "临猗示例果枣合作社",
    "2026-10-12", "2026-10-17", "26101802", "0–4 ℃ 冷藏，至 2027-01-17",
)  # fmt: skip
GTIN = unit_prefix("https://yidun.example", gtin="09520123456788", owner_code="X", own_code=None, lot_no="26101802")
OWN = unit_prefix(
    "http://127.0.0.1:8000", gtin=None, owner_code="91140821MA0ABCDE1X", own_code="FJ80", lot_no="26101802"
)


def make(prefix: str, count: int, *, covered: bool = False) -> list[Label]:
    symbols = KEY.symbols(1, count)
    second = texts(COVERED.symbols(1, count)) if covered else [""] * count
    return [Label(*one) for one in zip(QrBatch(prefix).matrices(symbols), texts(symbols), second, strict=True)]


def pages(pdf: bytes, dpi: int = 300) -> list[tuple[np.ndarray, str]]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [
            (np.asarray(page.render(scale=dpi / 72).to_pil().convert("L")), page.get_textpage().get_text_range())
            for page in document
        ]
    finally:
        document.close()


@pytest.mark.parametrize("prefix", [GTIN, OWN], ids=["gtin", "own code"])
def test_every_label_of_a_sheet_reads_back_as_its_unit(prefix):
    made = make(prefix, 25)

    sheets = pages(labels.a4(FACTS, made, Sheet("批次 26101802", 1, 25)))

    assert len(sheets) == 2
    found = [code.text for image, _ in sheets for code in zxingcpp.read_barcodes(image)]
    assert sorted(found) == sorted(prefix + label.serial for label in made)


@pytest.mark.parametrize("prefix", [GTIN, OWN], ids=["gtin", "own code"])
def test_a_roll_has_one_page_of_fifty_by_thirty_per_label(prefix):
    made = make(prefix, 2, covered=True)

    document = pypdfium2.PdfDocument(labels.roll(FACTS, made, "批次 26101802"))

    assert len(document) == 2
    assert [round(side * 25.4 / 72, 2) for side in document[0].get_size()] == [50.0, 30.0]
    document.close()
    for label, (image, text) in zip(made, pages(labels.roll(FACTS, made, "x")), strict=True):
        assert zxingcpp.read_barcode(image).text == prefix + label.serial
        assert labels.fours(label.serial) in text
        assert labels.fours(label.covered) in text
        assert "采收" not in text


def test_the_words_of_the_record_stand_on_the_label():
    _, text = pages(labels.roll(FACTS, make(GTIN, 1), "x"))[0]

    for words in (FACTS.name, FACTS.net, FACTS.grade, FACTS.origin, FACTS.producer, FACTS.harvested, FACTS.lot_no):
        assert words in text


def test_a_long_name_is_cut_and_stays_on_the_label():
    long = "很长很长的名字" * 8
    facts = rules.LabelFacts(long, "净重 12.345 kg", long, long, long, long, "2026-10-12", "2026-10-17", "A" * 20, long)

    image, text = pages(labels.roll(facts, make(GTIN, 1), "x"))[0]

    assert "…" in text
    assert image[:, -5:].min() == 255


def test_the_test_print_has_a_ruler_of_twenty_millimetres_and_one_label():
    image, text = pages(labels.test_print(FACTS, make(GTIN, 1)[0], "试印"), dpi=254)[0]

    assert "应为 20 mm" in text
    row = image[round((297 - 225.1) * 10), :]
    longest = max(len(run) for run in "".join("#" if cell < 128 else " " for cell in row).split())
    assert 198 <= longest <= 202
    assert zxingcpp.read_barcode(image).text.startswith(GTIN)


def test_modules_are_whole_printer_dots():
    for side in (29, 33, 37, 41):
        dots = labels.module_size(side) / labels.DOT
        assert abs(dots - round(dots)) < 1e-9
        assert side * labels.module_size(side) <= labels.QR_SIDE
    assert round(labels.module_size(33), 2) == 0.51
