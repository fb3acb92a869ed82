"""What templates ask of form fields: attributes of the control, hidden keys, labels that follow the language."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _

from core.ui import fields as f
from core.ui.choices import FileField

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ISO_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")


def field_attrs(field: Any, about: str) -> dict[str, Any]:
    """HTML attributes of a control: what describes it, whether it is wrong, which keyboard a phone shows."""
    attrs: dict[str, Any] = {}
    if about.strip():
        attrs["aria-describedby"] = about.strip()
    if field.errors:
        attrs["aria-invalid"] = "true"
    if getattr(field, "input_mode", ""):
        attrs["inputmode"] = field.input_mode
    if isinstance(field, f.TextField):
        attrs["maxlength"] = field.max_length
    attrs.update(_kind_attrs(field))
    attrs.update(field.render_kw or {})
    return attrs


def _kind_attrs(field: Any) -> dict[str, Any]:
    if isinstance(field, f.AreaField):
        return {"rows": field.rows}
    if isinstance(field, f.PasswordField):
        return {"autocomplete": "new-password" if field.new else "current-password"}
    if isinstance(field, FileField):
        return {"accept": field.accept}
    if isinstance(field, f.MobileField):
        return {"type": "tel", "autocomplete": "tel-national"}
    if isinstance(field, f.UsccField):
        return {"maxlength": 24, "autocapitalize": "characters", "spellcheck": "false"}
    if isinstance(field, (f.DateField, f.MomentField)):
        return _date_attrs(field)
    return {}


def _date_attrs(field: Any) -> dict[str, Any]:
    """The phone's own date picker; a text box where the value shown is not one the picker could hold."""
    shape, kind = (_ISO_DAY, "date") if isinstance(field, f.DateField) else (_ISO_MOMENT, "datetime-local")
    shown = field._value()
    return {"type": kind} if not shown or shape.fullmatch(shown) else {"type": "text"}


def form_has_file(form: Any) -> bool:
    """Whether the form uploads, so that it needs multipart encoding."""
    return any(isinstance(field, FileField) for field in form)


def source_label(kind: str) -> str:
    """Who says it, in the language of the page."""
    words = {
        "self": _("企业自述"),
        "lab": _("第三方检测"),
        "office": _("主管部门审核"),
        "platform": _("平台记录"),
    }
    return str(words[kind])


def slip_title(kind: str, version: int | None, on: Any) -> str:
    """The sentence of a record slip."""
    from core.ui.filters import day

    if kind == "corrected":
        return str(_("记录有更正，现为第 %(n)s 版", n=version or 2))
    if kind == "licence_expired":
        return str(_("品牌授权已于 %(day)s 到期", day=day(on))) if on else str(_("品牌授权已到期"))
    words = {
        "unchanged": _("这一箱的记录未被改动"),
        "pending": _("存证中，约 1 秒后完成"),
        "recalled": _("这批产品已召回或停售"),
        "failed": _("记录没有通过核对"),
    }
    return str(words[kind])
