"""A log line is one line, whatever a user put into it."""

from __future__ import annotations

import json
import logging
import sys

from core.observability.logs import JsonFormatter, PlainFormatter
from core.observability.register import new_request_id, shown


def _record(message: str, *args: object, **extra: object) -> logging.LogRecord:
    record = logging.LogRecord("yidun.test", logging.INFO, __file__, 1, message, args, None)
    vars(record).update(extra)
    return record


def test_a_json_line_holds_message_and_extras_on_one_line() -> None:
    line = JsonFormatter().format(_record("收到 %s", "订单\n第二行", status=200))

    assert "\n" not in line
    found = json.loads(line)
    assert (found["message"], found["status"], found["level"], found["logger"]) == (
        "收到 订单\n第二行",
        200,
        "info",
        "yidun.test",
    )


def test_a_json_line_holds_the_trace_of_an_exception() -> None:
    record = _record("failed")
    try:
        raise ValueError("boom")
    except ValueError:
        record.exc_info = sys.exc_info()

    found = json.loads(JsonFormatter().format(record))

    assert "ValueError: boom" in found["exception"]


def test_a_plain_line_cannot_be_forged() -> None:
    line = PlainFormatter().format(_record("name: %s", "a\n12:00:00 info yidun: paid\x1b[31m"))

    assert len(line.splitlines()) == 1
    assert "\x1b" not in line


def test_a_request_id_is_read_out_in_four_groups() -> None:
    assert shown("1A2B3C4D5E6F7081") == "1A2B 3C4D 5E6F 7081"
    assert len(new_request_id()) == 16
