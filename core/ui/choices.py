"""Form fields one chooses in: lists, ticks, files.  Messages in Chinese, saying what to choose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from wtforms import fields as wtf
from wtforms import widgets
from wtforms.fields.choices import Choice, SelectChoice
from wtforms.validators import StopValidation, ValidationError

from core.ui.fields import _settings

Choices = Iterable[tuple[Any, str]] | Callable[[], Iterable[tuple[Any, str]]]


class _Choosing:
    """What the choosing fields share: one Chinese sentence for a value that is not offered."""

    def __init__(
        self, label: str = "", *, choices: Choices = (), required: bool = False, help: str = "", **kwargs: Any
    ) -> None:
        given = choices if callable(choices) else [SelectChoice.from_input(c) for c in choices]
        super().__init__(label, choices=given, validate_choice=False, **_settings(kwargs, required, help, "选择"))  # type: ignore[call-arg]

    def _offered(self) -> set[str]:
        return {str(c.value) for c in self._choices_from_input(self.choices) or ()}  # type: ignore[attr-defined]

    def pre_validate(self, _form: Any) -> None:
        given = self.data if isinstance(self.data, list) else [self.data]  # type: ignore[attr-defined]
        if any(str(v) not in self._offered() for v in given if v not in (None, "")):
            raise StopValidation(f"{self.label.text}里没有这一项，请重新选择。")  # type: ignore[attr-defined]


class SelectField(_Choosing, wtf.SelectField):
    """One of the offered values; an optional one has an empty first line."""

    def iter_choices(self) -> Any:
        if "" not in self._offered():
            yield Choice(value="", label="请选择", selected=self.data in (None, ""), render_kw={})
        yield from super().iter_choices()


class RadioField(_Choosing, wtf.RadioField):
    """One of a few values, all visible."""

    def process_data(self, value: Any) -> None:
        self.data = None if value is None else str(value)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = valuelist[0] if valuelist else None


class TicksField(_Choosing, wtf.SelectMultipleField):
    """Any number of the offered values; ``data`` is a list."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class TickField(wtf.BooleanField):
    """A single tick box; ``required`` means it must be ticked."""

    data: Any
    errors: Any

    def __init__(self, label: str = "", *, required: bool = False, help: str = "", **kwargs: Any) -> None:
        super().__init__(label, **_settings(kwargs, False, help))
        self.must = required

    def post_validate(self, _form: Any, _stopped: bool) -> None:
        if self.must and not self.data:
            raise ValidationError(f"请先勾选：{self.label.text}")


class FileField(wtf.FileField):
    """One uploaded file within ``max_mb``; what it really is, is decided by ``core.file`` from its content."""

    data: Any

    def __init__(
        self, label: str = "", *, required: bool = False, help: str = "", max_mb: int = 10, accept: str = "image/*,.pdf",
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(label, **_settings(kwargs, required, help or f"照片或 PDF，不超过 {max_mb} MB", "选择"))
        self.max_mb, self.accept = max_mb, accept

    def pre_validate(self, _form: Any) -> None:
        if self.data is not None and isinstance(self.data, str):
            self.data = None
        stream = getattr(self.data, "stream", None)
        if self.data is None or stream is None or not self.data.filename:
            self.data = None
            return
        size = stream.seek(0, 2)
        stream.seek(0)
        if size > self.max_mb * 1024 * 1024:
            raise StopValidation(f"文件有 {size / 1048576:.1f} MB，超过 {self.max_mb} MB，请压缩后再传。")
        if size == 0:
            raise StopValidation("文件是空的，请重新选择。")
