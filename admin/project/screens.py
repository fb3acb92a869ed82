"""What the pages of the fund rooms share: one-form pages, and moves that need a form of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template

from core.errors import BadInput, DomainError, Unmet
from core.ui import flash
from core.ui.forms import Form
from core.ui.moves import requested_move
from core.workflow.engine import MoveView
from core.workflow.table import Workflow

Crumbs = Sequence[tuple[str, str | None]]


@dataclass(frozen=True, slots=True)
class MoveLink:
    """A move whose details are asked on a page of its own."""

    label: str
    href: str
    unmet: tuple[Unmet, ...]

    @property
    def unavailable(self) -> str:
        return f"还差 {len(self.unmet)} 项" if self.unmet else ""


def split_moves(views: Sequence[MoveView], pages: Mapping[str, str]) -> tuple[list[MoveView], list[MoveLink]]:
    """The moves a button can fire, and those with a page of their own."""
    plain = [v for v in views if v.move.key not in pages]
    linked = [MoveLink(v.label, pages[v.move.key], v.unmet) for v in views if v.move.key in pages]
    return plain, linked


def form_page(
    form: Form, deed: Callable[[dict[str, Any]], Any], *, title: str, back: str | Callable[[Any], str], submit: str,
    crumbs: Crumbs = (), lead: str = "", done: str = "", cancel: str | None = None,
) -> Any:  # fmt: skip
    """A page with one form: runs ``deed`` with its values and goes ``back``, or shows everything to change.

    ``cancel`` is where 返回 leads; without it, ``back`` where that is an address.
    """
    status = 200
    unmet: tuple[Unmet, ...] = ()
    if form.is_submitted():
        status = 400
        if form.validate():
            form.claim_once()
            try:
                result = deed(form.values())
            except DomainError as error:
                if error.status in (401, 403, 404):
                    raise
                status, unmet = error.status, error.unmet
                if not unmet:
                    form.put_error(error)
            else:
                if done:
                    flash(done)
                return redirect(back(result) if callable(back) else back)
    page = render_template(
        "admin/project/form.html", form=form, page_title=title, submit=submit, crumbs=crumbs, lead=lead, unmet=unmet,
        cancel=cancel or (back if isinstance(back, str) else None),
    )  # fmt: skip
    return page, status


def pressed(
    workflow: Workflow,
    obj: Any,
    deeds: Mapping[str, Callable[[str], Any]],
    *,
    back: str,
    consequences: Sequence[str] = (),
) -> Any:
    """Fire the pressed move by its use case and go ``back``; an irreversible one is asked again first."""
    wish = requested_move(workflow, obj, back=back, consequences=consequences)
    if wish.page:
        return wish.page
    if wish.key not in deeds:
        raise BadInput(
            "这一步要填写内容，请从页面上的按钮进入。", code="move.needs_form", help="返回上一页，刷新后再办理。"
        )
    deeds[wish.key](wish.reason)
    flash(f"已{workflow.move(wish.key).label}。")
    return redirect(back)


def uploaded(values: dict[str, Any], name: str = "file") -> tuple[Any, str] | None:
    """The upload of a form as services take it, or None."""
    found = values.get(name)
    return (found.stream, found.filename) if found else None
