"""Who asks: what they accept, what their cookies say, whether the visit counts (pure)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl

DEVICE_COOKIE = "device"
SESSION_COOKIE = "yidun"
_DEVICE = re.compile(r"[0-9a-f]{32}")
_BOTS = re.compile(
    r"bot\b|spider|crawl|slurp|preview|fetch|scanner|monitor|headless|facebookexternalhit|whatsapp|telegram|"
    r"python|curl|wget|java/|okhttp|go-http|libwww|httpclient|axios|node-fetch|postman|wechatshare|tencent-safe|"
    r"mqqbrowser/(?:check|safe)|urlcheck",
    re.IGNORECASE,
)
_PREVIEW_HEADERS = ("HTTP_PURPOSE", "HTTP_SEC_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")
_PREVIEW_WORDS = ("prefetch", "preview", "prerender")


@dataclass(frozen=True, slots=True)
class Reader:
    """The settings of a request and the marks of its device."""

    lang: str
    large: bool
    device: str
    new_device: str
    wants_page: bool
    counts: bool
    keep: tuple[tuple[str, str], ...]


@lru_cache(maxsize=2048)
def wants_html(accept: str) -> bool:
    """Whether the Accept header names text/html itself (``*/*`` does not), not refused by ``q=0``."""
    for part in accept.split(","):
        kind, _, parameters = part.strip().partition(";")
        if kind.strip().lower() == "text/html":
            return not re.search(r"q\s*=\s*0(\.0*)?\s*($|;)", parameters)
    return False


@lru_cache(maxsize=8192)
def _is_machine(agent: str) -> bool:
    return not agent or _BOTS.search(agent) is not None


def is_bot(agent: str, environ: Mapping[str, object]) -> bool:
    """Whether this is a machine, a link preview or a prefetch: such visits are not counted."""
    if _is_machine(agent):
        return True
    values = [str(environ[name]).lower() for name in _PREVIEW_HEADERS if name in environ]
    return any(word in value for value in values for word in _PREVIEW_WORDS)


def cookies_of(header: str) -> dict[str, str]:
    """Names and values of a Cookie header."""
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return {name: value for name, _, value in pairs if name}


def read(environ: Mapping[str, object]) -> Reader:
    """The reader of a WSGI request."""
    cookies = cookies_of(str(environ.get("HTTP_COOKIE", "")))
    args = dict(parse_qsl(str(environ.get("QUERY_STRING", "")))) if environ.get("QUERY_STRING") else {}
    keep = tuple(
        (n, args[n]) for n, allowed in (("lang", ("zh", "en")), ("large", ("0", "1"))) if args.get(n) in allowed
    )
    kept = cookies | dict(keep)
    device = cookies.get(DEVICE_COOKIE, "")
    if not _DEVICE.fullmatch(device):
        device = ""
    return Reader(
        lang="en" if kept.get("lang") == "en" else "zh",
        large=kept.get("large") == "1",
        device=device,
        new_device="" if device else secrets.token_hex(16),
        wants_page=wants_html(str(environ.get("HTTP_ACCEPT", ""))),
        counts=environ.get("REQUEST_METHOD") == "GET" and not is_bot(str(environ.get("HTTP_USER_AGENT", "")), environ),
        keep=keep,
    )
