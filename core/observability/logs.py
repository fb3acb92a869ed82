"""One JSON object per line on standard error; a plain line for a person at a terminal."""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime
from typing import Any

from flask import g, has_request_context, request

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), 127) if chr(code) not in "\n\t"}


def request_fields() -> dict[str, Any]:
    """Id, method, path (never the query, which may hold personal data) and actor of the request being served."""
    if not has_request_context():
        return {}
    fields: dict[str, Any] = {"request_id": g.get("request_id", ""), "method": request.method, "path": request.path}
    actor = g.get("actor")
    if actor is not None and actor.user_id is not None:
        fields["user_id"], fields["organisation_id"] = actor.user_id, actor.organisation_id
    return fields


class JsonFormatter(logging.Formatter):
    """A record as one JSON line: time, level, logger, message, request, extras, trace of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "pid": record.process,
            **request_fields(),
        }
        line.update({k: v for k, v in vars(record).items() if k not in _STANDARD and not k.startswith("_")})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class PlainFormatter(logging.Formatter):
    """A record for a terminal; control characters of users cannot forge lines."""

    def format(self, record: logging.LogRecord) -> str:
        shown = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        request_id = request_fields().get("request_id")
        line = f"{shown} {record.levelname.lower():7} {record.name}: {record.getMessage()}".replace("\n", "\\n")
        line = line.translate(_CONTROL) + (f" [{request_id}]" if request_id else "")
        return line + ("\n" + self.formatException(record.exc_info) if record.exc_info else "")


class _OurHandler(logging.StreamHandler[Any]):
    """Marks the handler as ours, so that a second application in one process does not add another."""


def configure(*, production: bool) -> None:
    """Standard error carries every log line once: JSON in production or with ``YIDUN_LOG=json``, else plain."""
    root = logging.getLogger()
    if any(isinstance(h, _OurHandler) for h in root.handlers):
        return
    handler = _OurHandler(sys.stderr)
    as_json = os.environ.get("YIDUN_LOG", "json" if production else "plain") == "json"
    handler.setFormatter(JsonFormatter() if as_json else PlainFormatter())
    root.addHandler(handler)
    root.setLevel(os.environ.get("YIDUN_LOG_LEVEL", "INFO").upper())
    for noisy in ("alembic", "fontTools", "PIL", "procrastinate", "werkzeug", "httpx", "stripe"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
