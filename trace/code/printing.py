"""From a series to its PDF: serials, QR symbols, labels."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from trace.code import keys, labels, rules
from trace.code.models import Series
from trace.code.qrbatch import QrBatch
from trace.code.serial import texts


@lru_cache(maxsize=64)
def _batch(prefix: str) -> QrBatch:
    return QrBatch(prefix)


def make_labels(series: Series, first_unit: int, count: int) -> list[labels.Label]:
    """The labels of ``count`` units from ``first_unit`` on."""
    symbols = keys.version(series.item_id, "serial", series.key_version).symbols(first_unit, count)
    covered = [""] * count
    if series.covered_version is not None:
        covered = texts(keys.version(series.item_id, "covered", series.covered_version).symbols(first_unit, count))
    matrices = _batch(series.link_prefix).matrices(symbols)
    return [labels.Label(*one) for one in zip(matrices, texts(symbols), covered, strict=True)]


def pdf(series: Series, subject: dict[str, Any], first_unit: int, last_unit: int, kind: str) -> bytes:
    """The PDF of these units in the given format; the words come from the sealed record's ``credentialSubject``."""
    facts = rules.label_facts(subject)
    title = f"批次 {facts.lot_no}　赋码批 {series.series_no}"
    if kind == "test":
        return labels.test_print(facts, make_labels(series, first_unit, 1)[0], f"{title}　试印")
    made = make_labels(series, first_unit, last_unit - first_unit + 1)
    if kind == "roll":
        return labels.roll(facts, made, title)
    return labels.a4(facts, made, labels.Sheet(title, first_unit - series.start_unit + 1, series.unit_count))
