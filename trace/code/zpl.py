"""ZPL II for thermal printers: the common part is downloaded once (~DG), each label adds its own dots (^GF) (pure).

Everything is sent as dots of the printer's own resolution, so no printer font or firmware draws a QR symbol or a Chinese
character in its own way.  Hexadecimal with run lengths, row ends and repeated rows as in the ZPL II guide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from trace.code.raster import Raster

NAME = "R:YDLABEL.GRF"
Dots = NDArray[np.bool_]
_RUN = re.compile(r"(.)\1{2,}")


def run_length(count: int) -> str:
    """``count`` (2 or more) as repeat letters: g to z are 20 to 400, G to Y are 1 to 19; larger counts repeat z."""
    out = "z" * (count // 400)
    rest = count % 400
    if rest >= 20:
        out += chr(ord("g") + rest // 20 - 1)
        rest %= 20
    return out + (chr(ord("G") + rest - 1) if rest else "")


def _row(data: bytes) -> str:
    text = data.hex().upper()
    for filler, end in (("0", ","), ("F", "!")):
        kept = text.rstrip(filler)
        if len(kept) < len(text):
            text, tail = kept, end
            break
    else:
        tail = ""
    return _RUN.sub(lambda found: run_length(found.end() - found.start()) + found[1], text) + tail


def graphic(dots: Dots) -> tuple[int, int, str]:
    """Total bytes, bytes per row and compressed hexadecimal of a picture."""
    packed = np.packbits(dots, axis=1)
    rows, previous = [], None
    for line in packed:
        data = line.tobytes()
        rows.append(":" if data == previous else _row(data))
        previous = data
    return packed.size, packed.shape[1], "".join(rows)


def labels(raster: Raster, units: Iterable[tuple[Dots, str, str]]) -> Iterator[bytes]:
    """The job: the common part, one format per label (modules, serial, covered code), and the graphic deleted again."""
    total, width, data = graphic(raster.base)
    yield f"~DG{NAME},{total:05d},{width:03d},{data}\n".encode("ascii")
    for modules, serial, covered in units:
        changing = raster.changing(modules, serial, covered)
        rows, columns = np.flatnonzero(changing.any(axis=1)), np.flatnonzero(changing.any(axis=0))
        top, left = int(rows[0]), int(columns[0])
        total, width, data = graphic(changing[top : rows[-1] + 1, left : columns[-1] + 1])
        yield (
            f"^XA^PW{raster.width}^LL{raster.height}^LH0,0^FO0,0^XG{NAME},1,1^FS"
            f"^FO{left},{top}^GFA,{total},{total},{width},{data}^FS^XZ\n"
        ).encode("ascii")
    yield f"^XA^ID{NAME}^FS^XZ\n".encode("ascii")
