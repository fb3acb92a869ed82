"""The word mark 猗顿农品 as path commands, for every output that draws outlines (pure)."""

from __future__ import annotations

import re
from functools import cache

from core.ui.artwork import WORD


@cache
def outline() -> list[tuple[str, tuple[float, ...]]]:
    """The word mark's path data as absolute M, L, C and Z with full coordinates; 19 units high, y downwards."""
    out: list[tuple[str, tuple[float, ...]]] = []
    x = y = 0.0
    for command, rest in re.findall(r"([MLHVCZ])([^MLHVCZ]*)", WORD):
        numbers = [float(n) for n in re.findall(r"-?\d*\.?\d+", rest)]
        if command == "Z":
            out.append(("Z", ()))
        elif command in "HV":
            for n in numbers:
                x, y = (n, y) if command == "H" else (x, n)
                out.append(("L", (x, y)))
        else:
            step = 6 if command == "C" else 2
            for i in range(0, len(numbers), step):
                chunk = tuple(numbers[i : i + step])
                x, y = chunk[-2:]
                out.append(("L" if command == "M" and i else command, chunk))
    return out
