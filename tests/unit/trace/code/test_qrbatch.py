from __future__ import annotations

import numpy as np
import pytest
import zxingcpp

from trace.code.qrbatch import QrBatch, library_matrix
from trace.code.serial import SerialKey, texts

KEY = SerialKey(bytes(range(32)), item_id=7, version=1)
GTIN_PREFIX = "HTTPS://YIDUN.EXAMPLE/01/09520123456788/21/"
PREFIXES = [
    GTIN_PREFIX,
    GTIN_PREFIX.replace("YIDUN", "YIDUN2"),
    "HTTP://127.0.0.1:8000/ID/USCC/91140821MA0ABCDE1X/PROD/FJ80/LOT/26101802/SER/",
]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_each_symbol_is_the_library_s_own_bit_by_bit(prefix):
    batch = QrBatch(prefix)
    symbols = KEY.symbols(990, 30)

    for serial, matrix in zip(texts(symbols), batch.matrices(symbols), strict=True):
        assert np.array_equal(matrix, library_matrix(prefix + serial, batch.version, batch.level, batch.mask))


def test_symbols_across_chunks_are_all_there_and_read_back():
    batch = QrBatch(GTIN_PREFIX)
    symbols = KEY.symbols(0, 4003)

    matrices = list(batch.matrices(symbols))

    assert len(matrices) == 4003
    for place in (0, 1999, 2000, 4002):
        image = np.kron(np.pad(~matrices[place], 4, constant_values=True), np.ones((4, 4))).astype(np.uint8) * 255
        assert zxingcpp.read_barcode(image).text == GTIN_PREFIX + texts(symbols[place : place + 1])[0]


def test_a_link_of_sixty_four_characters_is_version_four_at_level_q():
    prefix = "HTTPS://YIDUN.EXAMPLE/01/09520123456788/10/26101802/21/"[:51]

    assert QrBatch(prefix).version == 4


def test_a_lower_case_address_is_refused():
    with pytest.raises(ValueError, match="upper case"):
        QrBatch("https://yidun.example/")
