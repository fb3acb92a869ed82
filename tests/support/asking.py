"""What an answer says, and what a request left in the database of the savepoint it was asked in."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from sqlalchemy import text

from core.db import db

# Written apart on purpose, also when the request is refused (attempts, denied access, counters against abuse).
KEPT_APART = frozenset({
    "core_account_login_attempt", "core_account_one_time_code", "trace_scan_limit", "trace_scan_try", "shop_lookup_request",
})  # fmt: skip


def counts(app: Flask, names: list[str]) -> dict[str, int]:
    """Rows per table, asked on the connection of the test's savepoint."""
    query = " UNION ALL ".join(f"SELECT '{n}' AS t, count(*) FROM \"{n}\"" for n in names)
    with app.app_context():
        return {str(t): int(c) for t, c in db.session.execute(text(query))} if names else {}


def written_to(app: Flask) -> list[str]:
    """The tables this transaction wrote to, also where it took the rows back: the server counts both."""
    query = text(
        "SELECT relname FROM pg_stat_xact_user_tables WHERE schemaname = 'public' AND n_tup_ins + n_tup_upd + n_tup_del > 0"
    )
    with app.app_context():
        return [n for n in db.session.scalars(query) if n not in KEPT_APART]


def says_why(answer: Any) -> bool:
    """A refusal tells a person (or a program) in a Chinese sentence what is wrong."""
    body = answer.get_data().decode(errors="replace")
    if answer.mimetype.endswith("json"):
        return bool(re.search(r'"(detail|message|title)":', body))
    return (answer.status_code >= 400 and bool(re.search(r"[\u4e00-\u9fff]{4}", body))) or bool(
        re.search(r'class="err"|role="alert"|class="say say-(bad|todo)', body)
    )


def accepted(answer: Any) -> bool:
    return answer.status_code in (301, 302, 303) or (answer.status_code == 200 and not says_why(answer))
