"""The log as others read it: checkpoint, tiles, entry bundles, key; and a page that explains it."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from core.account.access import public
from core.errors import NotFound
from trace.log import queries, tiles

bp = Blueprint("log", __name__, url_prefix="/log", template_folder="templates")

_IMMUTABLE = "public, max-age=31536000, immutable"
_SHORT = "public, max-age=2"
_OPEN = "the log is public: anybody may mirror, witness and monitor it"


@bp.get("/")
@public(_OPEN)
def index() -> str:
    """What the log is, how far it is, who witnesses it."""
    return render_template(
        "trace/log/index.html",
        head=queries.head(),
        lag=queries.lag_seconds(),
        witnesses=queries.witness_list(),
        silence=queries.witness_silence(),
        closed=queries.closed_logs(),
    )


@bp.get("/checkpoint")
@public(_OPEN)
def checkpoint() -> Response:
    """The latest signed checkpoint (``?cosigned``: the latest a witness has cosigned), text/plain, cached for two seconds."""
    head = queries.head()
    note = queries.cosigned_head() if "cosigned" in request.args else head.note if head else None
    if note is None:
        raise _empty()
    return _answer(note.encode(), "text/plain; charset=utf-8", _SHORT)


@bp.get("/key")
@public(_OPEN)
def key() -> Response:
    """The vkey of the log, one line."""
    vkey = queries.vkey()
    if vkey is None:
        raise _empty()
    return _answer(f"{vkey}\n".encode(), "text/plain; charset=utf-8", "public, max-age=300")


@bp.get("/tile/entries/<path:name>")
@public(_OPEN)
def entries(name: str) -> Response:
    """An entry bundle, full or partial."""
    index, width = _read_path(name)
    return _octets(queries.entry_bundle(index, width))


@bp.get("/tile/<int:level>/<path:name>")
@public(_OPEN)
def tile(level: int, name: str) -> Response:
    """A tile of hashes, full or partial."""
    index, width = _read_path(name)
    if level > 63 // tiles.HEIGHT:
        raise NotFound("日志没有这么高的一层。", code="log.no_tile")
    return _octets(queries.tile(level, index, width))


def _read_path(name: str) -> tuple[int, int]:
    try:
        index, width = tiles.parse_path(name)
    except ValueError:
        raise NotFound("日志里没有这个分块，编号的写法也不对。", code="log.no_tile") from None
    if index >= 2**55:
        raise NotFound("日志里还没有这个分块。", code="log.no_tile")
    return index, width


def _octets(data: bytes | None) -> Response:
    if data is None:
        raise NotFound("日志里还没有这个分块。", code="log.no_tile")
    return _answer(data, "application/octet-stream", _IMMUTABLE)


def _answer(data: bytes, content_type: str, caching: str) -> Response:
    response = Response(data, content_type=content_type)
    response.headers["Cache-Control"] = caching
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _empty() -> NotFound:
    return NotFound("日志里还没有内容。", code="log.empty", help="封存第一份记录以后就有了。", retry_after=5)
