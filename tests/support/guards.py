"""What a test may not do: reach out of the machine, talk to the network inside a unit, use a database in a unit test."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from core.db import in_unit


class OutsideWorldError(AssertionError):
    """A test tried to reach another machine."""


class DatabaseInUnitTestError(AssertionError):
    """A unit test tried to use a database: it belongs under tests/integration, or the rule is not pure."""


def _is_loopback(host: Any) -> bool:
    if host in ("localhost", "", None):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


@contextmanager
def no_outside_sockets() -> Iterator[None]:
    """Only loopback may be reached, and nothing at all while a unit of work is open."""
    connect, connect_ex, lookup = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def judge(sock: socket.socket, address: Any) -> None:
        if sock.family not in (socket.AF_INET, socket.AF_INET6):
            return
        if not _is_loopback(address[0]):
            raise OutsideWorldError(f"a test tried to reach {address}")
        if in_unit():
            raise OutsideWorldError(f"a network call to {address} inside an open unit of work")

    def checked(sock: socket.socket, address: Any) -> None:
        judge(sock, address)
        connect(sock, address)

    def checked_ex(sock: socket.socket, address: Any) -> int:
        judge(sock, address)
        return connect_ex(sock, address)

    def checked_lookup(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_loopback(host.decode() if isinstance(host, bytes) else host):
            raise OutsideWorldError(f"a test tried to look up {host}")
        return lookup(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", checked)
        patch.setattr(socket.socket, "connect_ex", checked_ex)
        patch.setattr(socket, "getaddrinfo", checked_lookup)
        yield


@contextmanager
def no_database() -> Iterator[None]:
    """Any try to connect to a database raises."""

    def refuse(*_args: Any, **_kwargs: Any) -> Any:
        raise DatabaseInUnitTestError("unit tests use no database")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg, "connect", refuse)
        patch.setattr(psycopg.Connection, "connect", refuse)
        patch.setattr(psycopg.AsyncConnection, "connect", refuse)
        yield
