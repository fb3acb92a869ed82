"""The background chainer."""

from __future__ import annotations

import time

from core.db import unit_of_work
from core.job.service import loop
from core.record import service

ROUND = 500
WHOLE_LOOK_EVERY = 3600.0


class Chainer:
    """Looks at the rows above ``floor`` only, so that a round costs the same however long the trail has grown.

    ``floor`` is learnt from round to round and kept by the process; at its start, and every ``WHOLE_LOOK_EVERY`` seconds, a
    round looks at the whole trail again.
    """

    def __init__(self) -> None:
        self.floor = 0
        self._seen: service.Horizon | None = None
        self._whole_at = time.monotonic()

    def round(self) -> int:
        """Chain what was committed since the last round, in a unit of its own; how many."""
        if time.monotonic() >= self._whole_at + WHOLE_LOOK_EVERY:
            self.floor, self._seen, self._whole_at = 0, None, time.monotonic()
        with unit_of_work():
            now = service.horizon()
            if now.last_id < self.floor:  # an older database was put back under us
                self.floor, self._seen = 0, None
            done = service.chain(ROUND, above=self.floor)
        if done is None:
            return 0
        if done < ROUND and self._seen is not None and now.oldest >= self._seen.next:
            self.floor, self._seen = self._seen.last_id, None
        self._seen = self._seen or now
        return done


chain_audit_rows = loop("core.record", 0.5, own_unit=True)(Chainer().round)


@loop("core.record.head", 60)
def log_chain_head() -> int:
    """The head goes into the public log once a minute where it moved; the loop sleeps in between."""
    service.log_head()
    return 0
