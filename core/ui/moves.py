"""Buttons of a workflow: which is filled, which is dashed with its reasons, and the second question of irreversible ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request

from core.account.permissions import ROLES
from core.errors import BadInput
from core.ui import once
from core.ui.forms import check_stamp
from core.workflow.engine import bindings
from core.workflow.table import Workflow


@dataclass(frozen=True, slots=True)
class MoveButton:
    """A move as the macro draws it."""

    key: str
    label: str
    kind: str
    unavailable: str
    why: tuple[str, ...]


def moves_in_order(views: Iterable[Any], show_unmet: bool = True) -> list[MoveButton]:
    """Buttons with one filled at most: the first open move filled, other open ones, unavailable ones, irreversible ones."""
    buttons: list[tuple[int, MoveButton]] = []
    filled = False
    listed = list(views)
    lead = _lead(listed)
    for view in listed:
        if not view.allowed:
            why = tuple(u.message for u in view.unmet) if show_unmet else ()
            buttons.append((2, MoveButton(view.move.key, view.label, "outline", f"还差 {len(view.unmet)} 项", why)))
        elif view.move.irreversible:
            buttons.append((3, MoveButton(view.move.key, view.label, "danger", "", ())))
        else:
            kind = "primary" if view is lead and not filled else "outline"
            filled = filled or kind == "primary"
            buttons.append((0 if kind == "primary" else 1, MoveButton(view.move.key, view.label, kind, "", ())))
    return [button for _, button in sorted(buttons, key=lambda b: b[0])]


def _lead(views: Sequence[Any]) -> Any:
    """The move the page leads to, None where none is: a refusal never is, least of all beside an approval that asks again.

    A move without a reason comes first.  One with a reason leads only where it does not end badly, no irreversible
    decision stands before it in the table, and none that ends well is open (giving up ends in ``none``: no decision).
    """
    open_ = [v for v in views if v.allowed]
    for view in open_:
        if not view.move.irreversible and not view.move.reason:
            return view
    if any(v.move.irreversible and v.tone == "ok" for v in open_):
        return None
    first = next((v for v in open_ if v.tone != ("none" if v.move.irreversible else "bad")), None)
    return None if first is None or first.move.irreversible else first


@dataclass(frozen=True, slots=True)
class Wish:
    """What was pressed: a move with its reason, or the page that asks again."""

    key: str
    reason: str
    page: Any = None


def requested_move(workflow: Workflow, obj: Any, *, back: str, consequences: Sequence[str] = ()) -> Wish:
    """The move the form asks for; ``page`` is set where an irreversible one must be confirmed first.

    Raises ``BadInput`` for an unknown move, ``StalePage`` where the page carried a version that is no longer true,
    ``Conflict`` for a replayed form.
    """
    key = request.form.get("move", "")
    if key not in {m.key for m in workflow.moves}:
        raise BadInput("没有认出要办的事，什么都没有改动。", code="move.unknown", help="返回上一页，刷新后再点一次。")
    move, reason = workflow.move(key), request.form.get("reason", "").strip()
    if len(reason) > 2000:
        raise BadInput(
            f"意见最多 2,000 个字，现在有 {len(reason):,} 个，请删短。", code="move.reason_too_long", field="reason"
        )
    if "version" in request.form:
        check_stamp(obj, request.form["version"], count_up=False)
    if move.irreversible and request.form.get("sure") != "1":
        page = render_template(
            "ui/confirm_move.html", move=move, workflow=workflow, reason=reason, back=back, consequences=consequences,
            carried={k: v for k, v in request.form.items() if k not in ("csrf_token", "once", "reason", "sure")},
        )  # fmt: skip
        return Wish(key, reason, page)
    if "once" in request.form:
        once.claim(request.form["once"])
    return Wish(key, reason)


def history_entries(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Workflow history rows as time line entries, oldest first; colleagues see names, others see the office only."""
    from core.account.access import current_actor

    names, bodies = _names(rows)
    own = current_actor().organisation_id
    known = bindings()
    entries: list[dict[str, Any]] = []
    for n, row in enumerate(rows):
        bound = known.get(row.workflow)
        title = bound.workflow.move(row.move).label if bound else row.move
        body = bodies.get(row.organisation_id or 0) or ROLES.get(row.role, "系统")
        who = names.get(row.user_id or 0) if row.organisation_id == own and own is not None else ""
        note = "，".join(x for x in (who or body, row.reason) if x)
        mark = "now" if n == len(rows) - 1 else "event"
        entries.append({"at": row.at, "title": title, "note": note, "mark": mark, "source": ""})
    return entries


def _names(rows: Sequence[Any]) -> tuple[dict[int, str], dict[int, str]]:
    from sqlalchemy import select

    from core.account.models import User
    from core.db import db
    from core.organisation.models import Organisation

    users = {r.user_id for r in rows if r.user_id}
    bodies = {r.organisation_id for r in rows if r.organisation_id}
    named = db.session.execute(select(User.id, User.display_name).where(User.id.in_(users))) if users else ()
    titled = (
        db.session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(bodies)))
        if bodies
        else ()
    )
    return {r[0]: r[1] for r in named}, {r[0]: r[1] for r in titled}
