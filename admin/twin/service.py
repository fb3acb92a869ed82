"""A clerk says whether two are one.  Nothing here commits."""

from __future__ import annotations

from admin.twin import rules
from admin.twin.models import Verdict
from core import clock, identifiers
from core.account.actor import Actor
from core.db import db
from core.errors import BadInput, Denied
from core.record.service import record


def judge(pair: rules.Pair, verdict: str, reason: str, actor: Actor) -> Verdict:
    """Afterwards the word on the pair stands with its reason, beside what the clerk was shown; an earlier word is kept below it."""
    if actor.user_id is None or not actor.can(rules.JUDGE):
        raise Denied("疑似重复由e镇办经办人判断。", help="请换一个身份办理。")
    if verdict not in rules.VERDICTS:
        raise BadInput("请选“是同一家”或“不是同一家”。", code="twin.verdict", field="verdict")
    text = identifiers.normalise_text(reason)
    if not text:
        raise BadInput(
            "写明判断的理由。", code="twin.reason", field="reason", help="例如：两张执照的法定代表人和地址都不同。"
        )
    if len(text) > rules.REASON_LIMIT:
        raise BadInput(f"理由最多 {rules.REASON_LIMIT} 字。", code="twin.reason_long", field="reason")
    first, second = sorted((pair.first.key, pair.second.key))
    row = Verdict(
        first_key=first, second_key=second, verdict=verdict, reason=text, shown=f"{pair.first.name}、{pair.second.name}：{'；'.join(pair.reasons)}", at=clock.now(),
        judged_by_id=actor.user_id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    record("twin.judged", ("admin_twin_verdict", f"{first}/{second}"), actor, verdict=verdict, reason=text)
    return row
