"""Every output is read back as a phone or a printer would: PDF, PNG, SVG outlines, ZPL dots, lists for print shops."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import zipfile
import zlib

import numpy as np
import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageDraw

from trace.code import design_rules, layout, outputs, rules
from trace.code.fonts import BOLD, face
from trace.code.layout import SIZES, Wanted
from trace.code.links import unit_prefix
from trace.code.raster import Raster, png
from trace.code.serial import SerialKey, texts
from trace.code.zpl import run_length

KEY = SerialKey(bytes(range(32)), item_id=7, version=1)
COVERED = SerialKey(bytes(32), item_id=7, version=1)
FACTS = rules.LabelFacts(
    "富士苹果", "净重 5 kg", "一等品", "果径 80–85 mm", "临猗县示例镇示例村", "临猗示例果枣合作社",
    "2026-10-12", "2026-10-17", "26101802", "0–4 ℃ 冷藏，至 2027-01-17", "2027-01-17", "0359-4030000",
)  # fmt: skip
GTIN = unit_prefix("https://yidun.example", gtin="09520123456788", owner_code="X", own_code=None, lot_no="26101802")
OWN = unit_prefix(
    "http://127.0.0.1:8000", gtin=None, owner_code="91140821MA0ABCDE1X", own_code="FJ80", lot_no="26101802"
)
LINES = design_rules.DEFAULT.lines
EVERY_SIZE = pytest.mark.parametrize("size", list(SIZES))
BOTH_KEYS = pytest.mark.parametrize("prefix", [GTIN, OWN], ids=["gtin", "own code"])


def units(prefix: str, count: int, *, covered: bool = False, first: int = 1) -> outputs.Source:
    return outputs.Source(
        prefix, KEY, COVERED if covered else None, first, count, first, 1260, "批次 26101802，赋码批 1"
    )


def wanted(size: str = "50x30", **values) -> Wanted:
    return Wanted(SIZES[size], FACTS, LINES, **({"mark": True} | values))


def made(kind: str, source: outputs.Source, wish: Wanted | None = None) -> bytes:
    return b"".join(outputs.stream(source, wish or wanted(covered=source.covered is not None), kind))


def addresses(prefix: str, count: int, first: int = 1) -> list[str]:
    return [prefix + serial for serial in texts(KEY.symbols(first, count))]


def pages(pdf: bytes, dpi: int = 300) -> list[tuple[np.ndarray, str]]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [
            (np.asarray(page.render(scale=dpi / 72).to_pil().convert("L")), page.get_textpage().get_text_range())
            for page in document
        ]
    finally:
        document.close()


def read(image: np.ndarray | Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(image)]


@BOTH_KEYS
@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_every_label_of_a_sheet_reads_back_as_its_unit_at_the_resolution_of_the_printer(prefix, dpi):
    sheets = pages(made("a4", units(prefix, 25)), dpi)

    assert len(sheets) == 2
    assert sorted(code for image, _ in sheets for code in read(image)) == sorted(addresses(prefix, 25))


@EVERY_SIZE
@pytest.mark.parametrize("covered", [False, True])
def test_a_roll_has_one_page_per_label_in_its_size(size, covered):
    source = units(OWN, 2, covered=covered)
    pdf = made("roll", source, wanted(size, covered=covered))

    document = pypdfium2.PdfDocument(pdf)
    sides = [round(side * 25.4 / 72, 1) for side in document[0].get_size()]
    document.close()
    assert sides == [SIZES[size].width, SIZES[size].height]
    second = texts(COVERED.symbols(1, 2))
    for address, code, (image, words) in zip(addresses(OWN, 2), second, pages(pdf), strict=True):
        assert read(image) == [address]
        assert layout.fours(address[-13:]) in words
        assert (layout.fours(code) in words) is covered


def test_a_covered_series_without_the_permission_keeps_its_scratch_field_free():
    _, words = pages(made("roll", units(GTIN, 1), wanted(covered=True)))[0]

    assert "采收" not in words
    assert layout.fours(texts(COVERED.symbols(1, 1))[0]) not in words


def test_the_words_of_the_record_stand_on_the_label():
    _, text = pages(made("roll", units(GTIN, 1)))[0]

    for words in (
        FACTS.name,
        FACTS.net,
        FACTS.grade,
        FACTS.origin,
        FACTS.producer,
        FACTS.harvested,
        FACTS.lot_no,
        "2027-01-17",
    ):
        assert words in text


def test_a_long_name_is_cut_and_stays_on_the_label():
    long = "很长很长的名字" * 8
    facts = rules.LabelFacts(long, "净重 12.345 kg", long, long, long, long, "2026-10-12", "2026-10-17", "A" * 20, long)

    image, text = pages(made("roll", units(GTIN, 1), Wanted(SIZES["50x30"], facts, LINES, mark=True)))[0]

    assert "…" in text
    assert image[:, -5:].min() == 255


def test_a_character_the_font_lacks_is_drawn_as_missing_and_breaks_nothing():
    facts = rules.LabelFacts("𠮷果", "", "", "", "", "", "", "", "1", "")

    assert len(pages(made("roll", units(GTIN, 1), Wanted(SIZES["50x30"], facts, LINES)))) == 1


def test_the_test_print_has_a_ruler_of_twenty_millimetres_and_one_label():
    image, text = pages(made("test", units(GTIN, 1)), dpi=254)[0]

    assert "应为 20 mm" in text
    row = image[round((297 - 237.1) * 10), :]
    longest = max(len(run) for run in "".join("#" if cell < 128 else " " for cell in row).split())
    assert 198 <= longest <= 202
    assert read(image) == addresses(GTIN, 1)


@EVERY_SIZE
@pytest.mark.parametrize("dpi", [203, 300])
def test_modules_are_whole_dots_with_four_quiet_modules_on_every_side(size, dpi):
    for modules in (29, 33, 37, 41):
        label = layout.compose(wanted(size), modules, dpi)
        dots = label.qr.module / layout.dot(dpi)
        left = label.qr.left / layout.dot(dpi)

        assert abs(dots - round(dots)) < 1e-6
        assert abs(left - round(left)) < 1e-6
        assert design_rules.quiet_modules(label) >= 3.98


@pytest.mark.parametrize("size", ["50x30", "100x70"])
def test_pngs_are_one_bit_pictures_of_real_size_that_read_back(size):
    archive = zipfile.ZipFile(io.BytesIO(made("png", units(GTIN, 3, first=8), wanted(size))))

    assert archive.testzip() is None
    assert [name[:7] for name in archive.namelist()] == ["0000008", "0000009", "0000010"]
    for name, address in zip(archive.namelist(), addresses(GTIN, 3, first=8), strict=True):
        image = Image.open(io.BytesIO(archive.read(name)))
        assert image.mode == "1"
        assert round(image.info["dpi"][0]) == 300
        assert abs(image.width / 300 * 25.4 - SIZES[size].width) < 0.1
        assert read(image.convert("L")) == [address]


@pytest.mark.skipif(shutil.which("zbarimg") is None, reason="zbarimg is not installed: read back by zxing-cpp only")
@pytest.mark.parametrize("prefix", [GTIN, OWN], ids=["gtin", "own code"])
def test_a_second_reader_zbar_reads_the_same_labels(prefix, tmp_path):
    archive = zipfile.ZipFile(io.BytesIO(made("png", units(prefix, 3), wanted("50x30"))))
    files = []
    for name in archive.namelist():
        files.append(tmp_path / name.rsplit("/", 1)[-1])
        files[-1].write_bytes(archive.read(name))

    told = subprocess.run(
        [shutil.which("zbarimg"), "--raw", "-q", "-Sdisable", "-Sqrcode.enable", *map(str, files)],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip

    assert told.split() == addresses(prefix, 3)


@pytest.mark.skipif(
    shutil.which("zint") is None, reason="zint is not installed: readers were tried on our symbols only"
)
def test_our_reader_reads_the_symbol_another_writer_makes_of_the_same_address(tmp_path):
    [address] = addresses(GTIN, 1)
    subprocess.run(
        [shutil.which("zint"), "-b", "58", "--secure=3", "--scale=4", "--quietzones", "-o", str(tmp_path / "z.png"), "-d", address],
        check=True, capture_output=True,
    )  # fmt: skip

    assert read(Image.open(tmp_path / "z.png").convert("L")) == [address]


def draw_svg(text: str, dpi: int = 300) -> Image.Image:
    """A tiny renderer of the QR paths we emit (``M x y h v h z`` in modules, one transform)."""
    width, height = (float(n) for n in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', text).groups())
    scale = dpi / 25.4
    image = Image.new("L", (round(width * scale), round(height * scale)), 255)
    pen = ImageDraw.Draw(image)
    place = re.search(r'crispEdges" transform="translate\(([\d.]+) ([\d.]+)\) scale\(([\d.]+)\)" d="([^"]+)"', text)
    left, top, module = (float(n) for n in place.groups()[:3])
    for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)", place[4]):
        box = [
            (left + int(x) * module),
            (top + int(y) * module),
            (left + (int(x) + int(run)) * module),
            top + (int(y) + 1) * module,
        ]
        pen.rectangle([round(n * scale) - (1 if i > 1 else 0) for i, n in enumerate(box)], fill=0)
    return image


def test_svgs_hold_outlines_only_and_their_symbols_read_back():
    archive = zipfile.ZipFile(io.BytesIO(made("svg", units(OWN, 2, covered=True))))

    for name, address in zip(archive.namelist(), addresses(OWN, 2), strict=True):
        text = archive.read(name).decode()
        assert 'width="50mm" height="30mm"' in text
        assert "<text" not in text
        assert "font" not in text
        assert read(draw_svg(text)) == [address]


def unfold(data: str, width: int) -> np.ndarray:
    """The rows of ZPL hexadecimal with run lengths, row ends and repeated rows, after the ZPL II guide."""
    rows, row, count = [], "", 0
    for char in data:
        if char == ":":
            rows.append(rows[-1])
        elif char in ",!":
            rows.append(row.ljust(2 * width, "0" if char == "," else "F"))
            row = ""
        elif "g" <= char <= "z":
            count += 20 * (ord(char) - ord("f"))
        elif "G" <= char <= "Y":
            count += ord(char) - ord("F")
        else:
            row += char * (count or 1)
            count = 0
        if len(row) == 2 * width:
            rows.append(row)
            row = ""
    assert row == ""
    assert {len(one) for one in rows} == {2 * width}
    return np.unpackbits(np.frombuffer(bytes.fromhex("".join(rows)), dtype=np.uint8).reshape(-1, width), axis=1).astype(
        bool
    )


def draw_zpl(job: str) -> list[np.ndarray]:
    """A tiny printer for what we emit: ~DG, ^XG, ^GFA, ^PW, ^LL."""
    stored, labels = {}, []
    for name, total, width, data in re.findall(r"~DG(\S+?),(\d+),(\d+),(\S+)\n", job):
        stored[name] = unfold(data, int(width))
        assert stored[name].size == int(total) * 8
    for body in re.findall(r"\^XA(\^PW.+?)\^XZ", job):
        paper = np.zeros((int(re.search(r"\^LL(\d+)", body)[1]), int(re.search(r"\^PW(\d+)", body)[1])), dtype=bool)
        for x, y, what in re.findall(r"\^FO(\d+),(\d+)\^(.+?)\^FS", body):
            if what.startswith("XG"):
                dots = stored[what[2:].split(",")[0]]
            else:
                total, again, width, data = re.fullmatch(r"GFA,(\d+),(\d+),(\d+),(.+)", what).groups()
                dots = unfold(data, int(width))
                assert total == again == str(dots.size // 8)
            high, wide = min(len(dots), len(paper) - int(y)), min(dots.shape[1], paper.shape[1] - int(x))
            paper[int(y) : int(y) + high, int(x) : int(x) + wide] |= dots[:high, :wide]
        labels.append(paper)
    return labels


@EVERY_SIZE
@pytest.mark.parametrize(("kind", "dpi"), [("zpl203", 203), ("zpl300", 300)])
def test_zpl_prints_the_very_dots_of_the_label(size, kind, dpi):
    source, wish = units(OWN, 3, covered=True), wanted(size, covered=True)
    printed = draw_zpl(made(kind, source, wish).decode("ascii"))
    raster = Raster(outputs.layout_for(source, wish, kind))
    modules = list(outputs.batch(OWN).matrices(KEY.symbols(1, 3)))
    second = texts(COVERED.symbols(1, 3))

    assert len(printed) == 3
    for place, address in enumerate(addresses(OWN, 3)):
        assert np.array_equal(printed[place], raster.label(modules[place], address[-13:], second[place]))
        assert read(Image.fromarray(~printed[place]).convert("L")) == [address]
        assert abs(printed[place].shape[1] / dpi * 25.4 - SIZES[size].width) < 0.1


@pytest.mark.parametrize(
    ("count", "letters"), [(2, "H"), (19, "Y"), (20, "g"), (21, "gG"), (399, "yY"), (400, "z"), (425, "zgK")]
)
def test_run_lengths_are_those_of_the_zpl_guide(count, letters):
    assert run_length(count) == letters


def test_the_table_for_a_print_shop_has_number_code_and_address():
    rows = list(csv.reader(io.StringIO(made("csv", units(GTIN, 3, first=4)).decode("utf-8-sig"))))

    assert rows[0] == ["序号", "编号", "网址"]
    assert [(row[0], row[2]) for row in rows[1:]] == list(zip("456", addresses(GTIN, 3, 4), strict=True))


def test_the_list_for_the_scratch_film_has_codes_and_no_address():
    rows = list(csv.reader(io.StringIO(made("covered", units(GTIN, 2, covered=True)).decode("utf-8-sig"))))

    assert rows == [["序号", "编号", "防伪码"]] + [
        [str(n), a, b] for n, a, b in zip((1, 2), texts(KEY.symbols(1, 2)), texts(COVERED.symbols(1, 2)), strict=True)
    ]


def test_text_lines_are_the_addresses():
    assert made("txt", units(OWN, 2)).decode().split() == addresses(OWN, 2)


def test_a_sheet_says_lot_range_total_and_scale():
    _, text = pages(made("a4", units(GTIN, 25)))[1]

    assert "批次 26101802，赋码批 1，第 22–25 张，共 1,260 张" in text
    assert "50 × 30 mm，按 100% 打印" in text


def test_without_the_mark_the_label_has_none():
    with_mark, without = (
        png(Raster(outputs.layout_for(units(GTIN, 1), wanted(mark=mark), "png")).base, 300) for mark in (True, False)
    )

    dots = [np.asarray(Image.open(io.BytesIO(data))) for data in (with_mark, without)]
    left, bottom = slice(10, 130), slice(-38, -8)
    assert (~dots[0][bottom, left]).sum() > 300
    assert (~dots[1][bottom, left]).sum() == 0


def test_the_fonts_are_embedded_once_as_a_subset():
    pdf = made("roll", units(GTIN, 30))

    assert pdf.count(b"/FontFile2") == 2
    assert len(pdf) < 120_000
    lengths = [
        len(zlib.decompress(part))
        for part in re.findall(
            rb"/Length1 \d+ /Filter /FlateDecode /Length \d+>>\nstream\n(.+?)\nendstream", pdf, re.DOTALL
        )
    ]
    assert all(length < 60_000 for length in lengths)


def test_glyph_outlines_close_and_stay_within_the_em():
    for char in "富士苹果猗顿é℃W":
        for contour in face(BOLD).outline(char):
            assert len(contour) >= 3
            assert all(-0.5 < x < 1.6 and -0.5 < y < 1.3 for x, y, _ in contour)
