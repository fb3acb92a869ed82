"""Send a message to a subscriber: only to public https addresses, signed, never following where it is sent on to.

The host is looked up once and the connection goes to the very address that was checked, so that a name which answers
differently a second time leads nowhere else.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from core.config import settings
from core.errors import DomainError
from trace.event.problems import SubscriptionControlsProblem

TIMEOUT = 10.0
LONGEST_DEST = 500


@dataclass(frozen=True, slots=True)
class Sent:
    """How the subscriber answered: its status, or why there was no answer."""

    status: int | None
    failure: str = ""

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class NotAllowed(Exception):
    """The address leads where we do not send."""


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """``t=<unix seconds>,v1=<hex>``: HMAC-SHA-256 under the subscriber's token over ``timestamp.body``."""
    mac = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={mac}"


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet (no loopback, private, link-local, multicast, mapped private)."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast


def check_dest(dest: str) -> str:
    """The address if it may be subscribed with; SubscriptionControlsProblem says what to change."""
    advice = "写成 https://域名/路径，域名要能从公网访问。"
    if len(dest) > LONGEST_DEST or any(ord(c) < 33 or ord(c) > 126 for c in dest):
        raise SubscriptionControlsProblem("回调地址 dest 太长，或有空格和非 ASCII 字符。", help=advice)
    try:
        parts = urlsplit(dest)
        _ = parts.port
    except ValueError:
        raise SubscriptionControlsProblem("回调地址 dest 读不懂。", help=advice) from None
    allowed = ("https", "http") if _developing() else ("https",)
    if parts.scheme not in allowed or not parts.hostname or parts.username or parts.password or parts.fragment:
        raise SubscriptionControlsProblem("回调地址 dest 要是 https 地址，里面不带账号。", help=advice)
    if not _developing() and not _may_name(parts.hostname):
        raise SubscriptionControlsProblem("回调地址 dest 不能指向内网或本机。", help=advice)
    return dest


def _developing() -> bool:
    return settings().environment == "development"


def _may_name(host: str) -> bool:
    try:
        return is_public(host)
    except ValueError:
        pass
    lowered = host.lower().rstrip(".")
    if lowered == "localhost" or lowered.endswith((".localhost", ".local", ".internal", ".lan", ".home.arpa")):
        return False
    return "." in lowered and not lowered.replace(".", "").isdigit() and not lowered.startswith("0x")


Resolve = Callable[[str, int], list[str]]


def look_up(host: str, port: int) -> list[str]:
    """The IP addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


def vetted_address(parts: SplitResult, resolve: Resolve = look_up) -> str:
    """The one address to connect to; NotAllowed where any address of the host is not public (outside development)."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = resolve(str(parts.hostname), port)
    if not found:
        raise NotAllowed("no address")
    if not _developing() and (parts.scheme != "https" or not all(is_public(ip) for ip in found)):
        raise NotAllowed("not a public address")
    return found[0]


class _Pinned(http.client.HTTPSConnection):
    """Connects to the checked address; the certificate is still that of the host's name."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=TIMEOUT, context=context)
        self._address, self._tls = address, context

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), TIMEOUT)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


class _PinnedPlain(http.client.HTTPConnection):
    """The same without TLS (development only)."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), TIMEOUT)


def send(dest: str, body: bytes, headers: dict[str, str]) -> Sent:
    """POST ``body`` once; redirects are not followed, the answer's body is not kept."""
    try:
        check_dest(dest)
        parts = urlsplit(dest)
        address = vetted_address(parts)
        host = str(parts.hostname)
        if parts.scheme == "https":
            connection: http.client.HTTPConnection = _Pinned(
                host, parts.port or 443, address, ssl.create_default_context()
            )
        else:
            connection = _PinnedPlain(host, parts.port or 80, address)
        try:
            connection.request("POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers)
            response = connection.getresponse()
            response.read(4096)
            return Sent(response.status)
        finally:
            connection.close()
    except NotAllowed:
        return Sent(None, "地址指向内网或本机，没有发送")
    except ssl.SSLError as error:
        return Sent(None, f"证书不被信任：{error.reason or type(error).__name__}")
    except TimeoutError:
        return Sent(None, f"{TIMEOUT:.0f} 秒内没有回应")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Sent(None, f"连接失败：{type(error).__name__}")
    except DomainError as error:
        return Sent(None, error.message)


Sender = Callable[[str, bytes, dict[str, str]], Sent]
_sender: Sender = send


def sender() -> Sender:
    """What sends (tests put their own in its place)."""
    return _sender


def use_sender(other: Sender | None) -> None:
    """Put another sender in place; None brings the real one back."""
    global _sender
    _sender = other or send
