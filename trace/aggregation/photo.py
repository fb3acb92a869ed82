"""A photo of labels at the packing station, for phones whose browser reads no codes: found codes are packed one by one.

The photo is read in memory and dropped; each code is one deed of the station under a key made of the photo's key and the
code, so that a photo sent twice packs nothing twice.  Never commits.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from typing import Any

import zxingcpp

from core.account.actor import Actor
from core.db import db
from core.errors import BadInput, DomainError, TooLarge
from core.file.reading import grey
from trace.aggregation import queries, reading, station
from trace.aggregation.models import LogisticUnit
from trace.aggregation.reading import BoxCode

MAX_BYTES = 12 * 1024 * 1024
LONGEST_SIDE = 3000  # a label of 3 cm across a 60 cm view still has 150 pixels
MOST_CODES = 60
_FORMATS = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128])


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one code of the photo, in words: ``state`` is ok, bad, or skip for the label of the box itself."""

    state: str
    code: str
    message: str
    note: str


def codes_in(data: bytes) -> list[str]:
    """The texts of the codes on a photo, from top to bottom, each once; TooLarge and the errors of ``core.file``."""
    if len(data) > MAX_BYTES:
        raise TooLarge("照片超过 12 MB。", code="aggregation.photo_size", help="把手机相机的照片尺寸调小一档再拍。")
    found = zxingcpp.read_barcodes(grey(data, LONGEST_SIDE), formats=_FORMATS)
    placed = sorted(found, key=lambda one: (one.position.top_left.y, one.position.top_left.x))
    return list(dict.fromkeys(one.text for one in placed if one.text))


def add(box_public_id: uuid.UUID, key: str, data: bytes, actor: Actor) -> dict[str, Any]:
    """Afterwards every unit (or carton, on a pallet) seen on the photo is in the box, or its line says why not.

    BadInput where there is no code, or more than ``MOST_CODES``; BoxNotFound for another organisation's box.
    """
    box = queries.box_for_actor(box_public_id, actor)
    try:
        base = uuid.UUID(key)
    except ValueError:
        raise BadInput("这次上传不完整。", code="aggregation.key", help="刷新装箱台再拍一次。") from None
    texts = codes_in(data)
    if not texts:
        raise BadInput(
            "照片里没有认出码。",
            code="aggregation.photo_empty",
            field="photo",
            help="靠近一点、对好焦、避开反光，再拍一张。",
        )
    if len(texts) > MOST_CODES:
        raise BadInput(
            f"照片里有 {len(texts)} 个码，一次最多 {MOST_CODES} 个。",
            code="aggregation.photo_many",
            field="photo",
            help="分几张拍。",
        )
    results = [_one(box, base, text, actor) for text in texts]
    count = queries.count_of(box.id)
    return {
        "count": count, "capacity": box.capacity, "full": count >= box.capacity,
        "added": sum(one.state == "ok" for one in results), "results": [asdict(one) for one in results],
    }  # fmt: skip


def _one(box: LogisticUnit, base: uuid.UUID, text: str, actor: Actor) -> Result:
    short = text[-20:]
    try:
        seen = reading.read(text)
        if isinstance(seen, BoxCode) and seen.code == box.code:
            return Result("skip", short, "这是本箱的箱签", "不用装。")
        with db.session.begin_nested():  # a refused code undoes nothing of the others
            answer = station.do(box.public_id, str(uuid.uuid5(base, text)), "add", text, actor)
    except DomainError as error:
        return Result("bad", short, error.message, error.help or "")
    return Result(
        "ok", short, f"{answer['message']} {answer['thing']}", "这张照片传过了。" if answer.get("repeated") else ""
    )
