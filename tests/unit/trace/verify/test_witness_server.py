"""The witness's HTTP side, without a socket: the bytes in, the bytes out."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.trace.verify.test_witness import Desk, world
from trace.verify.witness import write_submission
from trace.verify.witness_server import MAX_BODY, Handler


class Pipe:
    """What a handler takes for a connection."""

    def __init__(self, data: bytes) -> None:
        self._data, self.sent = data, b""

    def makefile(self, *_: Any, **__: Any) -> io.BytesIO:
        return io.BytesIO(self._data)

    def sendall(self, data: bytes) -> None:
        self.sent += data

    def settimeout(self, _seconds: float) -> None:
        """Nothing to wait for."""


@pytest.fixture
def desk(tmp_path: Path):
    made = Desk(tmp_path / "state")
    yield made
    made.store.close()


def ask(desk: Desk, request: bytes) -> tuple[int, dict[str, str], str]:
    pipe = Pipe(request)
    Handler(pipe, ("127.0.0.1", 1), SimpleNamespace(witness=desk.witness))  # type: ignore[arg-type]
    head, _, body = pipe.sent.decode().partition("\r\n\r\n")
    status, *lines = head.split("\r\n")
    return int(status.split()[1]), {n.lower(): v for n, _, v in (line.partition(": ") for line in lines)}, body


def post(body: bytes, path: str = "/add-checkpoint", length: str | None = None) -> bytes:
    size = str(len(body)) if length is None else length
    header = f"Content-Length: {size}\r\n" if size else ""
    return f"POST {path} HTTP/1.1\r\nHost: w\r\n{header}Connection: close\r\n\r\n".encode() + body


def test_a_checkpoint_is_cosigned_over_http(desk: Desk) -> None:
    status, headers, body = ask(desk, post(write_submission(0, [], world(3).checkpoint())))

    assert (status, headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert body.startswith("\u2014 witness.example/w1 ")


def test_a_conflict_has_the_type_and_body_of_the_standard(desk: Desk) -> None:
    ask(desk, post(write_submission(0, [], world(3).checkpoint())))

    status, headers, body = ask(desk, post(write_submission(0, [], world(3).checkpoint()), "/prefix/add-checkpoint"))

    assert (status, headers["content-type"], body) == (409, "text/x.tlog.size", "3\n")


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (post(b"x", "/elsewhere"), 404), (post(b"", length=""), 411), (post(b"", length=str(MAX_BODY + 1)), 413),
        (b"GET / HTTP/1.1\r\nHost: w\r\nConnection: close\r\n\r\n", 200),
        (b"GET /x HTTP/1.1\r\nHost: w\r\nConnection: close\r\n\r\n", 404),
        (b"PUT /add-checkpoint HTTP/1.1\r\nHost: w\r\nConnection: close\r\n\r\n", 501),
    ],
)  # fmt: skip
def test_everything_else_is_refused(desk: Desk, request_: bytes, expected: int) -> None:
    assert ask(desk, request_)[0] == expected
