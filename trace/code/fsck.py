"""What ``flask trace fsck`` checks of code series: the stored root against tiles, keys and the signed statement."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from trace.code import commitment, keys
from trace.code.models import Root, RootTile, Series
from trace.log.service import Expected
from trace.log.tiles import HASH, WIDTH
from trace.signing.canonical import parse_object
from trace.signing.models import Record
from trace.verify.entry import series_root_entry
from trace.verify.reasons import VerificationError


def series_roots(session: Session) -> Iterator[Expected]:
    """Each signed series: its root from the stored tiles, one recomputed tile of its serials, and what was signed.

    The tile differs from series to series, so that over time all keys are tried; a whole series would take 1 s a million.
    """
    rows = session.execute(
        select(Series, Root, Record)
        .join(Root, Root.series_id == Series.id)
        .join(Record, Record.public_id == Series.public_id)
        .order_by(Series.id)
        .execution_options(populate_existing=True)
    ).all()
    for series, root, record in rows:
        what = f"code series {series.public_id}"
        try:
            statement = parse_object(record.payload)
            entry = series_root_entry(statement)
        except VerificationError as error:
            yield Expected(record.log_entry_id, b"", what, str(error))
            continue
        yield Expected(
            record.log_entry_id, entry, what, _problem(session, series, root, statement["credentialSubject"])
        )


def _problem(session: Session, series: Series, root: Root, said: dict[str, object]) -> str:
    tiles = {
        (row.level, row.number): row.hashes
        for row in session.scalars(select(RootTile).where(RootTile.series_id == series.id))
    }
    serials, blinds = keys.of_series(series.item_id, series.id, series.key_version)
    assert blinds is not None
    units = commitment.Range(serials, blinds, series.start_unit, series.unit_count)
    if (said["firstUnit"], said["count"]) != (series.start_unit, series.unit_count):
        return "the statement speaks of other units"
    try:
        made = commitment.root(units, lambda level, number: tiles.get((level, number), b""))
    except ValueError as error:
        return f"the tiles are not whole: {error}"
    if made != root.root or root.root.hex() != said["root"]:
        return "the tiles lead to another root than was signed"
    whole = series.unit_count // WIDTH
    if whole:
        number = series.id % whole
        stored = tiles[1, number // WIDTH][number % WIDTH * HASH :][:HASH]
        if commitment.fold(units.tile(number)) != stored:
            return f"the serials of tile {number} are not those that were committed"
    return ""
