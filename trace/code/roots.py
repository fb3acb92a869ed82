"""Commit to a series before its first label is printed: root, signed statement, log entry; proofs of single units.

Never commits a transaction.  Where the enterprise keeps its own key the statement waits for its signature, and nothing
of the series can be printed until it came.
"""

from __future__ import annotations

import json
import uuid
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from sqlalchemy import select, tuple_

from core import clock
from core.account.actor import Actor
from core.db import db
from core.errors import BadInput, NotFound
from trace.code import commitment, keys, queries
from trace.code.errors import CannotIssue
from trace.code.models import PrintRun, Root, RootTile, Series, Void
from trace.code.rules import unmet_unsigned
from trace.code.serial import SerialKey
from trace.item.queries import item_by_id
from trace.item.rules import lot_uri
from trace.log import queries as log
from trace.log.errors import NotIntegrated
from trace.log.merkle import Kept
from trace.lot.models import Lot
from trace.signing import external, identity, proof, statements
from trace.signing import queries as signing
from trace.signing import rules as signing_rules
from trace.signing.canonical import canonical_bytes, parse_object
from trace.signing.models import Record
from trace.verify.proof import take_apart
from trace.verify.reasons import VerificationError
from trace.verify.series import FORMAT

Source = Series | Void | PrintRun


def establish(series: Series) -> Root:
    """Afterwards the root of the series is stored with its tiles; made once, under the series' row lock."""
    found = root_of(series.id)
    if found is not None:
        return found
    blinds = keys.blind(series.item_id)
    units = _range(series, blinds)
    tiles = {(level, number): hashes for level, number, hashes in commitment.stored_tiles(units)}
    db.session.add_all(
        RootTile(series_id=series.id, level=level, number=number, hashes=hashes)
        for (level, number), hashes in tiles.items()
    )
    made = commitment.root(units, lambda level, number: tiles.get((level, number), b""))
    row = Root(series_id=series.id, blind_version=blinds.version, root=made, made_at=clock.now())
    db.session.add(row)
    db.session.flush()  # the statement repeats it
    return row


def root_of(series_id: int) -> Root | None:
    """The stored root, or None while it is being computed."""
    return db.session.scalar(select(Root).where(Root.series_id == series_id))


def statement_of(source: Source) -> Record | None:
    """The signed statement of a series, void or reprint, or None where the enterprise has still to sign."""
    return db.session.scalar(select(Record).where(Record.public_id == source.public_id))


def sign(source: Source, actor: Actor, signature: str = "") -> Record | None:
    """The statement is signed and queued for the log; None where the enterprise keeps its key and gave no signature."""
    if (done := statement_of(source)) is not None:
        return done
    series = _series_of(source)
    if not signature and signing.signs_itself(signer_id(series)):
        return None
    kept = statements.Kept(source.public_id, _moment(source), signature)
    if isinstance(source, Series):
        return statements.issue_series_root(_statement(source), actor, kept)
    return statements.publish_change(_change(source, series), actor, kept)


def to_sign(source: Source) -> bytes:
    """The file an enterprise that keeps its own key downloads and signs; the same at every download."""
    return external.package(_draft(source))


def take_signature(source: Source, signed: str, actor: Actor) -> Record:
    """The document that came back signed is checked word by word and published; BadInput says what does not fit."""
    try:
        given = parse_object(signed)
        take_apart(given)
        words = {name: value for name, value in given.items() if name != "proof"}
        options = {name: value for name, value in given["proof"].items() if name != "proofValue"}
        value = str(given["proof"]["proofValue"])
    except (VerificationError, KeyError, TypeError, AttributeError):
        raise BadInput(
            "这不是签好的文件。", code="code.upload_malformed", field="signed",
            help="把 document 加上 proof 的整个 JSON 贴进来。",
        ) from None  # fmt: skip
    draft = _draft(source)
    same = canonical_bytes(words) == canonical_bytes(draft.document)
    if not same or canonical_bytes(options) != canonical_bytes(draft.options):
        raise BadInput(
            "签的内容和这个赋码批不一致。", code="code.upload_differs", field="signed", help="重新下载待签内容再签。"
        )
    done = sign(source, actor, value)
    assert done is not None
    return done


def _draft(source: Source) -> proof.Draft:
    series = _series_of(source)
    kept = statements.Kept(source.public_id, _moment(source))
    if isinstance(source, Series):
        return statements.series_root_draft(_statement(source), kept)
    return statements.change_draft(_change(source, series), kept)


def refuse_unsigned(series: Series) -> None:
    """Return if the root of the series is signed; else CannotIssue says what is missing and who can do it."""
    if statement_of(series) is None:
        raise CannotIssue(
            unmet=unmet_unsigned(
                computed=root_of(series.id) is not None, external=signing.signs_itself(signer_id(series))
            )
        )


def unit_proof(series: Series, serial: str) -> dict[str, Any]:
    """The proof file of one unit as an object; NotFound where the serial is not of this series or nothing is signed yet."""
    known = _known(series)
    index = queries.place_in(series, known.serials.unit(serial))
    units = commitment.Range(known.serials, known.blinds, series.start_unit, series.unit_count)
    found = commitment.prove(units, index, _stored(series, index, known), known.subtrees)
    made: dict[str, Any] = {
        "format": FORMAT,
        "serial": found.serial,
        "blind": found.blind.hex(),
        "index": found.index,
        "path": [node.hex() for node in found.path],
        "credential": known.credential,
    }
    with suppress(NotIntegrated):  # its absence says that the log has not taken it in yet
        made["logProof"] = str(log.proof_of(known.log_entry_id))
    return made


def unit_proof_file(series: Series, serial: str) -> bytes:
    """The proof file of one unit."""
    return json.dumps(unit_proof(series, serial), ensure_ascii=False, indent=1).encode()


@dataclass(frozen=True, slots=True)
class _Known:
    """What never changes about a signed series: its keys, its statement, the tiles read and the large subtrees so far."""

    serials: SerialKey
    blinds: commitment.BlindKey
    credential: dict[str, Any]
    log_entry_id: int
    tiles: dict[tuple[int, int], bytes] = field(default_factory=dict)
    subtrees: Kept = field(default_factory=dict)


_kept: OrderedDict[uuid.UUID, _Known] = OrderedDict()
_lock = Lock()
KEEP = 32  # series; the tiles of ten million units are 1.25 MB


def _known(series: Series) -> _Known:
    """The constant parts of a series, read once per process; NotFound while nothing is signed."""
    with _lock:
        if (found := _kept.get(series.public_id)) is not None:
            _kept.move_to_end(series.public_id)
            return found
    serials, blinds = keys.of_series(series.item_id, series.id, series.key_version)
    record = statement_of(series)
    if blinds is None or record is None:
        raise NotFound("这一批码还没有签名，证明还不能下载。", code="code.not_signed", help="过一会儿再试。")
    found = _Known(serials, blinds, signing.payload_of(record), record.log_entry_id)
    with _lock:
        _kept[series.public_id] = found
        while len(_kept) > KEEP:
            _kept.popitem(last=False)
    return found


def _stored(series: Series, index: int, known: _Known) -> commitment.ReadTile:
    """The tiles a proof of ``index`` reads; what is not known yet is fetched in one statement."""
    wanted = [tile for tile in commitment.tiles_for(index, series.unit_count) if tile not in known.tiles]
    if wanted:
        query = select(RootTile.level, RootTile.number, RootTile.hashes).where(
            RootTile.series_id == series.id, tuple_(RootTile.level, RootTile.number).in_(wanted)
        )
        known.tiles.update({(row.level, row.number): row.hashes for row in db.session.execute(query)})
    last = commitment.last_tile(series.unit_count)
    if last not in known.tiles:  # most proofs read the narrow right edge beside their own tile
        known.tiles[last] = commitment.Range(known.serials, known.blinds, series.start_unit, series.unit_count).tile(
            last[1]
        )
    return lambda level, number: known.tiles.get((level, number), b"")


def _range(series: Series, blinds: commitment.BlindKey) -> commitment.Range:
    serials = keys.version(series.item_id, "serial", series.key_version)
    return commitment.Range(serials, blinds, series.start_unit, series.unit_count)


def _statement(series: Series) -> statements.Series:
    item, lot, root = item_by_id(series.item_id), db.session.get_one(Lot, series.lot_id), root_of(series.id)
    if root is None:
        raise CannotIssue(unmet=unmet_unsigned(computed=False, external=False))
    return statements.Series(
        public_id=series.public_id,
        organisation_id=lot.sealer_id,
        item_uri=item.uri,
        lot_uri=lot_uri(item.uri, lot.lot_no),
        lot_no=lot.lot_no,
        first_unit=series.start_unit,
        count=series.unit_count,
        root=root.root,
        record_id=signing_rules.record_url(identity.host(), series.record_id),
    )


def _change(source: Void | PrintRun, series: Series) -> statements.Change:
    return statements.Change(
        series_public_id=series.public_id,
        organisation_id=signer_id(series),
        kind="void" if isinstance(source, Void) else "reprint",
        first_unit=source.first_unit,
        count=source.last_unit - source.first_unit + 1,
        reason=source.reason,
    )


def signer_id(series: Series) -> int:
    """The organisation that states what the series holds: the one that sealed the lot."""
    return db.session.get_one(Lot, series.lot_id).sealer_id


def _series_of(source: Source) -> Series:
    return source if isinstance(source, Series) else db.session.get_one(Series, source.series_id)


def _moment(source: Source) -> Any:
    if isinstance(source, Series):
        return source.issued_at
    return source.voided_at if isinstance(source, Void) else source.printed_at
