"""Many small writes, one transaction: each caller is answered when its row is durable (TRAPS 9).

One daemon thread per process, started with the first row, with a connection of its own.  While one transaction runs the
next batch forms by itself, so no row waits on purpose.  When the database is away every waiting caller gets
``Unavailable`` (503 with Retry-After) and the connection is made anew.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar

import psycopg

from core.errors import Unavailable

Row = TypeVar("Row")
Result = TypeVar("Result")
View = TypeVar("View", bound=Callable[..., Any])
Writer = Callable[[psycopg.Connection[Any], Sequence[Row]], Sequence[Result]]

BATCH = 256
WAITING = 4096
PATIENCE = 5.0
IDLE = 1.0


def counts_visit(view: View) -> View:
    """Mark a GET view as the one declared exception that writes: it hands a visit to a group commit."""
    view.__counts_visit__ = True  # type: ignore[attr-defined]
    return view


def _away() -> Unavailable:
    return Unavailable("服务正在恢复，请过几秒再扫一次。", code="database.away", retry_after=3)


class _Waiting(Generic[Row, Result]):
    """One caller and its row; the lock is the bare one of the interpreter, because a Future costs more than the page."""

    __slots__ = ("answer", "error", "lock", "row")

    def __init__(self, row: Row) -> None:
        self.row = row
        self.answer: Result | None = None
        self.error: Exception | None = None
        self.lock = threading.Lock()
        self.lock.acquire()

    def done(self, answer: Result | None, error: Exception | None = None) -> None:
        self.answer, self.error = answer, error
        self.lock.release()


class GroupCommit(Generic[Row, Result]):
    """``submit`` one row; ``write`` stores a batch with one statement and answers each row in order.

    One statement on an autocommit connection is one transaction in one round trip: it is durable when it returns.
    """

    def __init__(self, name: str, database_url: str, write: Writer[Row, Result]) -> None:
        self._name, self._write = name, write
        self._dsn = database_url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._queue: queue.SimpleQueue[_Waiting[Row, Result]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._pid = 0
        self._connection: psycopg.Connection[Any] | None = None
        self._used = 0.0

    def submit(self, row: Row) -> Result:
        """The answer for ``row`` once it is durable; ``Unavailable`` where it could not be stored in time."""
        if self._pid != os.getpid():
            self._start()
        if self._queue.qsize() >= WAITING:
            raise _away()
        waiting: _Waiting[Row, Result] = _Waiting(row)
        self._queue.put(waiting)
        if not waiting.lock.acquire(timeout=PATIENCE):
            raise _away()
        if waiting.error is not None:
            raise waiting.error
        return waiting.answer  # type: ignore[return-value] # without an error there is an answer

    def _start(self) -> None:
        with self._lock:
            if self._pid == os.getpid():
                return
            self._queue = queue.SimpleQueue()  # a forked child never answers what the parent queued
            self._connection = None
            self._pid = os.getpid()
            threading.Thread(target=self._run, name=f"group-commit-{self._name}", daemon=True).start()

    def _run(self) -> None:
        while True:
            batch = [self._queue.get()]
            with suppress(queue.Empty):
                while len(batch) < BATCH:
                    batch.append(self._queue.get_nowait())
            self._store(batch)

    def _store(self, batch: list[_Waiting[Row, Result]]) -> None:
        try:
            connection = self._connected()
            results = self._write(connection, [waiting.row for waiting in batch])
            if len(results) != len(batch):  # a defect of the writer must not end this thread
                raise RuntimeError(f"{self._name}: {len(results)} answers for {len(batch)} rows")
        except Exception as error:
            self._drop()
            answer = _away() if isinstance(error, psycopg.OperationalError) else error
            for waiting in batch:
                waiting.done(None, answer)
            return
        self._used = time.monotonic()
        for waiting, result in zip(batch, results, strict=True):
            waiting.done(result)

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is not None and time.monotonic() - self._used > IDLE:
            try:
                self._connection.execute("select 1")
            except psycopg.Error:
                self._drop()
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(
                self._dsn, autocommit=True, connect_timeout=3, options="-c timezone=UTC -c statement_timeout=4000"
            )
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
        self._connection = None

    def close(self) -> None:
        """Give the connection back (tests, shutdown); the next row opens another."""
        self._drop()
