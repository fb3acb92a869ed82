"""What upper rooms tell this one about units: where they are now, so that nothing in use is voided."""

from __future__ import annotations

from typing import Protocol

from core.hooks import Hook


class UnitsInUse(Protocol):
    """Sentences that say where some of the units ``first`` to ``last`` of an item are now; empty where none is in use."""

    def __call__(self, *, item_id: int, first: int, last: int) -> tuple[str, ...]: ...


units_in_use: Hook[UnitsInUse] = Hook("trace.code.units_in_use")
