"""The base of every form: CSRF, a version stamp against stale pages, a once-key against replays.

Fields come from ``core.ui.fields`` and are re-exported here, so rooms import from one place.
"""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import HiddenField

from core import clock
from core.db import db, lock
from core.errors import DomainError, StalePage
from core.record.models import AuditRow
from core.ui import once
from core.ui.choices import FileField, RadioField, SelectField, TickField, TicksField
from core.ui.fields import (
    AreaField,
    DateField,
    DecimalField,
    GtinField,
    IntField,
    Later,
    MobileField,
    MomentField,
    MoneyField,
    PasswordField,
    TelephoneField,
    TextField,
    UsccField,
    WeightField,
)
from core.ui.i18n import translate
from core.ui.page import page_settings

__all__ = [
    "AreaField", "DateField", "DecimalField", "FileField", "Form", "GtinField", "IntField", "Later",
    "MobileField", "MomentField", "MoneyField", "PasswordField", "RadioField", "SelectField", "TelephoneField", "TextField",
    "TickField", "TicksField", "UsccField", "WeightField", "check_stamp", "in_page_language", "version_stamp",
]  # fmt: skip

_OWN = ("csrf_token", "version", "once")


def version_stamp(obj: Any) -> str:
    """What a page remembers of the object it shows: its ``version``, else when it was last changed."""
    version = getattr(obj, "version", None)
    if version is not None:
        return str(version)
    changed = getattr(obj, "updated_at", None)
    return changed.isoformat() if changed is not None else ""


def check_stamp(obj: Any, stamp: str | None, *, count_up: bool = True) -> None:
    """Lock ``obj`` and raise :class:`StalePage` unless it is as the page showed it; then its ``version`` counts up."""
    lock(obj)
    if (stamp or "") != version_stamp(obj):
        raise StalePage(
            f"你打开这一页以后，{_who_changed(obj)}，你填的没有保存。",
            help="先在另一个窗口看最新内容，再回来重填；刚才填的还在上一页。",
        )
    if count_up and getattr(obj, "version", None) is not None:
        obj.version += 1


def _who_changed(obj: Any) -> str:
    """Who changed it and when, from the audit trail, as far as it is reachable."""
    from core.account.models import User

    keys = (str(getattr(obj, "public_id", "")), str(obj.id))
    row = db.session.execute(
        select(AuditRow.at, User.display_name)
        .outerjoin(User, User.id == AuditRow.user_id)
        .where(AuditRow.subject_table == obj.__tablename__, AuditRow.subject_key.in_(keys))
        .order_by(AuditRow.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return "内容已经被改动"
    at = clock.local(row.at)
    return f"{row.display_name or '系统'}在 {at.month}月{at.day}日 {at:%H:%M} 改动了它"


class Form(FlaskForm):
    """A form with CSRF, ``version`` and ``once``; ``obj`` fills it on GET."""

    version = HiddenField()
    once = HiddenField()

    def __init__(self, *args: Any, obj: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        if not self.is_submitted():
            self.version.data = version_stamp(obj) if obj is not None else ""
            self.once.data = once.new_key()

    def populate_obj(self, obj: Any) -> None:
        """Copy the fields to ``obj``, never the hidden ones of this base."""
        for name, field in self._fields.items():
            if name not in _OWN:
                field.populate_obj(obj, name)

    def values(self) -> dict[str, Any]:
        """The data of the form's own fields."""
        return {name: field.data for name, field in self._fields.items() if name not in _OWN}

    def check_version(self, obj: Any) -> None:
        """Raise :class:`StalePage` when somebody changed ``obj`` since this page was opened; nothing is overwritten."""
        check_stamp(obj, self.version.data)

    def claim_once(self) -> None:
        """Raise ``Conflict`` when this very form was sent before; the key is used up in this transaction."""
        once.claim(self.once.data)

    def put_error(self, error: DomainError) -> bool:
        """Show ``error`` at the field it names (or above the form); False when it belongs to no field."""
        field = self._fields.get(error.field or "")
        sentence = " ".join(filter(None, (error.message, error.help)))
        if field is None:
            self.form_errors.append(sentence)
            return False
        field.errors = [*field.errors, sentence]
        return True


def in_page_language(form: Form) -> None:
    """Labels, helps and choices in English where the page is English (their source strings are Chinese)."""
    if page_settings().lang != "en":
        return
    for field in form:
        field.label.text = translate(field.label.text, "en")
        field.description = translate(field.description, "en") if field.description else ""
        if isinstance(field, RadioField):
            field.choices = [(c.value, translate(c.label, "en")) for c in field.choices]
