"""Form fields that read what people really type: full-width digits, 年月日, 元, kg; every refusal says what to change.

A form checks shape only (required, length, format); what the value means is decided by the rules of the room.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import Field, widgets
from wtforms.validators import StopValidation

from core import clock, identifiers, money
from core.errors import BadInput
from core.ui import filters


class Required:
    """Refuses an empty field by its label; otherwise an empty optional field skips the other checks."""

    def __init__(self, required: bool, verb: str = "填写") -> None:
        self.required = required
        self.verb = verb
        self.field_flags = {"required": True} if required else {}

    def __call__(self, _form: Any, field: Field) -> None:
        if field.data not in (None, "", [], ()):
            return
        if self.required:
            raise StopValidation(f"请{self.verb}{field.label.text}。")
        raise StopValidation


class Later:
    """Marks a field that may be empty when the form is saved, but not when what it saves is sent (``Later("提交前填")``)."""

    def __init__(self, when: str) -> None:
        self.field_flags = {"later": when}

    def __call__(self, _form: Any, _field: Field) -> None:
        """Nothing is refused here; the guard of the sending is."""


def _settings(kwargs: dict[str, Any], required: bool, help: str, verb: str = "填写") -> dict[str, Any]:
    kwargs["validators"] = [Required(required, verb), *kwargs.get("validators", ())]
    kwargs["description"] = help
    return kwargs


class _Typed(Field):
    """A text input whose text becomes a typed value; an unreadable text is shown again as typed."""

    widget = widgets.TextInput()
    input_mode = ""

    def __init__(self, label: str = "", *, required: bool = False, help: str = "", **kwargs: Any) -> None:
        super().__init__(label, **_settings(kwargs, required, help))

    def parse(self, text: str) -> Any:
        """The value of ``text`` or ValueError/BadInput with what to change."""
        raise NotImplementedError

    def show(self, value: Any) -> str:
        return str(value)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        text = str(valuelist[0]) if valuelist else ""
        self.data = None
        if not text.strip():
            return
        if len(text) > 4000:
            raise ValueError("内容太长，请删短后再填。")
        try:
            self.data = self.parse(text)
        except BadInput as error:
            raise ValueError(error.message) from None

    def pre_validate(self, _form: Any) -> None:
        if self.process_errors:
            raise StopValidation

    def _value(self) -> str:
        if self.raw_data and (self.process_errors or self.data is None):
            return str(self.raw_data[0])
        return "" if self.data is None else self.show(self.data)


class TextField(_Typed):
    """One line of text in NFC, trimmed; control characters and over-long text are refused.  Empty is ``""``."""

    data: Any

    multiline = False

    def __init__(
        self, label: str = "", *, required: bool = False, help: str = "", max_length: int = 200, min_length: int = 0,
        digits: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(label, required=required, help=help, **kwargs)
        self.max_length, self.min_length, self.digits = max_length, min_length, digits

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        text = str(valuelist[0]) if valuelist else ""
        self.data = ""
        if len(text) > 100_000:
            raise ValueError(f"最多 {self.max_length:,} 个字，请删短后再填。")
        if self.digits:
            text = unicodedata.normalize("NFKC", text)
        try:
            text = identifiers.normalise_text(text, multiline=self.multiline)
        except BadInput as error:
            raise ValueError(error.message) from None
        if len(text) > self.max_length:
            raise ValueError(f"最多 {self.max_length:,} 个字，现在有 {len(text):,} 个，请删短。")
        if text and len(text) < self.min_length:
            raise ValueError(f"至少 {self.min_length} 个字，现在有 {len(text)} 个。")
        self.data = text


class AreaField(TextField):
    """Several lines of text (line breaks stay), otherwise like :class:`TextField`."""

    multiline = True
    widget = widgets.TextArea()

    def __init__(self, label: str = "", *, max_length: int = 2000, rows: int = 4, **kwargs: Any) -> None:
        super().__init__(label, max_length=max_length, **kwargs)
        self.rows = rows


class PasswordField(TextField):
    """A password as typed: neither trimmed nor shown again; at most 128 characters."""

    widget = widgets.PasswordInput()

    def __init__(self, label: str = "密码", *, new: bool = False, **kwargs: Any) -> None:
        super().__init__(label, max_length=128, **kwargs)
        self.new = new

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        text = unicodedata.normalize("NFC", str(valuelist[0])) if valuelist else ""
        if len(text) > self.max_length:
            self.data = ""
            raise ValueError("密码最多 128 个字符。")
        self.data = text


class IntField(_Typed):
    """A whole number between ``minimum`` and ``maximum``; full-width digits and thousands commas are read."""

    input_mode = "numeric"

    def __init__(self, label: str = "", *, minimum: int = 0, maximum: int = 10**12, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.minimum, self.maximum = minimum, maximum

    def parse(self, text: str) -> int:
        plain = _plain_number(text)
        if not re.fullmatch(r"-?\d{1,15}", plain):
            raise ValueError("请填整数，例如 126。")
        value = int(plain)
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"请填 {self.minimum:,} 到 {self.maximum:,} 之间的整数。")
        return value


class DecimalField(_Typed):
    """An exact decimal with at most ``places`` decimals; never a float."""

    input_mode = "decimal"

    def __init__(
        self, label: str = "", *, places: int = 2, minimum: Decimal = Decimal(0), maximum: Decimal = Decimal(10**12),
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(label, **kwargs)
        self.places, self.minimum, self.maximum = places, minimum, maximum

    def parse(self, text: str) -> Decimal:
        value = _decimal(text, self.places)
        if not self.minimum <= value <= self.maximum:
            raise ValueError(f"请填 {self.minimum:,} 到 {self.maximum:,} 之间的数。")
        return value

    def show(self, value: Decimal) -> str:
        return f"{value:f}"


class MoneyField(_Typed):
    """An amount in 元 as typed; ``data`` is integer 分."""

    input_mode = "decimal"

    def __init__(self, label: str = "", *, minimum_fen: int = 0, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.minimum_fen = minimum_fen

    def parse(self, text: str) -> int:
        fen = money.parse_yuan(text, field=self.short_name)
        if fen < self.minimum_fen:
            raise ValueError(f"金额不能少于 {money.yuan(self.minimum_fen)} 元。")
        return fen

    def show(self, value: int) -> str:
        return money.yuan(value)


class WeightField(_Typed):
    """A weight in kg as typed (at most three decimals); ``data`` is integer grams, exact."""

    input_mode = "decimal"

    def __init__(self, label: str = "", *, minimum_g: int = 0, maximum_g: int = 10**11, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.minimum_g, self.maximum_g = minimum_g, maximum_g

    def parse(self, text: str) -> int:
        grams = int(_decimal(re.sub(r"(?i)(kg|公斤|千克)\s*$", "", text.strip()), 3) * 1000)
        if not self.minimum_g <= grams <= self.maximum_g:
            raise ValueError(f"请填 {filters.kg(self.minimum_g)} 到 {filters.kg(self.maximum_g)} 之间的重量。")
        return grams

    def show(self, value: int) -> str:
        return filters.kg(value).removesuffix(" kg").replace(",", "")


class DateField(_Typed):
    """A day: ``2026-10-18``, ``2026年10月18日``, ``2026/10/18`` or ``20261018``; ``data`` is a date."""

    def __init__(
        self, label: str = "", *, earliest: date | None = None, latest: date | None = None, **kwargs: Any
    ) -> None:
        super().__init__(label, **kwargs)
        self.earliest, self.latest = earliest or date(1949, 10, 1), latest or date(2199, 12, 31)

    def parse(self, text: str) -> date:
        value = read_date(text)
        if not self.earliest <= value <= self.latest:
            raise ValueError(f"日期应在 {filters.day_cn(self.earliest)}至 {filters.day_cn(self.latest)}之间。")
        return value

    def show(self, value: date) -> str:
        return value.isoformat()


class MomentField(_Typed):
    """A day and time in Asia/Shanghai: ``2026-10-18 14:20``; ``data`` is an aware time."""

    def parse(self, text: str) -> datetime:
        plain = unicodedata.normalize("NFKC", text).strip().replace("T", " ")
        day, _, hour = plain.rpartition(" ")
        found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::\d{2})?", hour)
        if not found or not day or int(found[1]) > 23 or int(found[2]) > 59:
            raise ValueError("请写成 2026-10-18 14:20 的样子。")
        d = read_date(day)
        return datetime(d.year, d.month, d.day, int(found[1]), int(found[2]), tzinfo=clock.SHANGHAI)

    def show(self, value: datetime) -> str:
        return f"{clock.local(value):%Y-%m-%dT%H:%M}"


class _Checked(_Typed):
    """A text accepted by one of the checks of ``core.identifiers``; ``data`` is the canonical form or ``""``."""

    check: Callable[[str, str], str]

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        super().process_formdata(valuelist)
        self.data = self.data or ""

    def parse(self, text: str) -> str:
        return type(self).check(text, self.short_name)


class UsccField(_Checked):
    """统一社会信用代码; both check characters are proved."""

    check = staticmethod(identifiers.check_uscc)


class MobileField(_Checked):
    """A mainland mobile number."""

    input_mode = "tel"
    check = staticmethod(identifiers.check_mobile)


class TelephoneField(_Checked):
    """A mobile, landline or service number."""

    input_mode = "tel"
    check = staticmethod(identifiers.check_telephone)


class GtinField(_Checked):
    """A GTIN of 8, 12, 13 or 14 digits."""

    input_mode = "numeric"
    check = staticmethod(identifiers.check_gtin)


def _plain_number(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").replace("，", ",").strip()
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", plain):
        return plain.replace(",", "")
    return plain


def _decimal(text: str, places: int) -> Decimal:
    plain = _plain_number(text)
    if not re.fullmatch(r"-?\d{1,15}(\.\d+)?", plain):
        raise ValueError("请填数字，例如 12.5。")
    if "." in plain and len(plain.split(".")[1].rstrip("0")) > places:
        raise ValueError(f"小数点后最多 {places} 位。")
    try:
        return Decimal(plain)
    except InvalidOperation:
        raise ValueError("请填数字，例如 12.5。") from None


def read_date(text: str) -> date:
    """The day written in ``text``, or ValueError with how to write it."""
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").strip()
    found = re.fullmatch(r"(\d{4})(?:-(\d{1,2})-|/(\d{1,2})/|\.(\d{1,2})\.|年(\d{1,2})月)(\d{1,2})日?", plain)
    parts = [p for p in found.groups() if p] if found else []
    if not parts and re.fullmatch(r"\d{8}", plain):
        parts = [plain[:4], plain[4:6], plain[6:]]
    if not parts:
        raise ValueError("日期请写成 2026-10-18 或 2026年10月18日。")
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2]))
    except ValueError:
        raise ValueError("没有这一天，请核对年月日。") from None
