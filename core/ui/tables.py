"""The one table mechanism: filter, sort and page in SQL, driven by the query string; CSV and xlsx export.

What a visitor asks for never reaches SQL as text: sort keys and filters are looked up among the declared ones.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import urlencode

from flask import Response, render_template, request
from markupsafe import Markup
from sqlalchemy import Select, func, or_, select

from core.db import db
from core.errors import BadInput
from core.ui import filters as fmt

Kind = Literal["text", "number", "money", "weight", "date", "moment", "chip", "code"]
PAGE = 30
EXPORT_LIMIT = 50_000
_RIGHT = {"number", "money", "weight"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SHOW: dict[str, Callable[[Any], str]] = {
    "number": fmt.number,
    "money": fmt.yuan,
    "weight": fmt.kg,
    "date": fmt.day,
    "moment": fmt.moment,
}


@dataclass(frozen=True)
class Column:
    """A column: how a row is read, how the value is shown, by what SQL expression it sorts (None: not sortable)."""

    key: str
    label: str
    sort: Any = None
    kind: Kind = "text"
    value: Callable[[Any], Any] | None = None
    link: Callable[[Any], str | None] | None = None
    align: str = ""
    export: bool = True
    whole: bool = False

    @property
    def unbroken(self) -> bool:
        """Whether the value stands on one line: days, moments, and printed numbers that are told so by ``whole``."""
        return self.whole or self.kind in ("date", "moment")

    @property
    def sortable(self) -> bool:
        return self.sort is not None

    @property
    def right(self) -> bool:
        return self.align == "right" or (not self.align and self.kind in _RIGHT)

    def read(self, row: Any) -> Any:
        """The value of this column in ``row``; a chip is (label, tone)."""
        return self.value(row) if self.value is not None else getattr(row, self.key)

    def show(self, value: Any) -> Any:
        """``value`` as the page writes it."""
        if isinstance(value, Markup):
            return value
        return _SHOW.get(self.kind, str)(value)

    def plain(self, row: Any) -> Any:
        """The value for an exported file: numbers as numbers, money in 元, weight in kg, the rest as text."""
        value = self.read(row)
        if value is None:
            return ""
        if self.kind == "chip":
            return str(value[0])
        if self.kind == "money":
            return round(value / 100, 2)
        if self.kind == "weight":
            return value / 1000
        if self.kind in ("date", "moment"):
            return self.show(value)
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Filter:
    """A condition the reader may set: a search over text columns, a choice, or one that builds its own clause."""

    name: str
    label: str
    search: Sequence[Any] = ()
    column: Any = None
    choices: Sequence[tuple[Any, str]] = ()
    clause: Callable[[str], Any] | None = None

    def where(self, given: str) -> Any:
        """The SQL condition for ``given``."""
        if self.choices and given not in {str(value) for value, _ in self.choices}:
            raise BadInput(f"“{self.label}”里没有这一项。", code="table.bad_filter", help="从下拉框里重新选择。")
        if self.clause is not None:
            return self.clause(given)
        if self.column is not None:
            chosen = next((value for value, _ in self.choices if str(value) == given), given)
            return self.column == chosen
        pattern = "%" + given.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        return or_(*(column.ilike(pattern, escape="\\") for column in self.search))


class Table:
    """A select shown as a table; reads the query string of the present request unless ``args`` are given."""

    def __init__(
        self, query: Select[Any], columns: Sequence[Column], *, filters: Sequence[Filter] = (), default_sort: str = "",
        name: str = "table", caption: str = "", empty: str = "还没有记录。", per_page: int = PAGE, exports: bool = True,
        args: dict[str, str] | None = None, scalars: bool | None = None,
    ) -> None:  # fmt: skip
        self.query, self.columns, self.filters = query, list(columns), list(filters)
        self.name, self.caption, self.empty, self.per_page, self.exports = (
            name,
            caption or name,
            empty,
            per_page,
            exports,
        )
        self.args = dict(request.args.items()) if args is None else args
        self.default_sort = default_sort
        self.sort = self._known_sort(self.args.get("sort", ""))
        self.page = self._page_number(self.args.get("page", ""))
        self._scalars = len(query.column_descriptions) == 1 if scalars is None else scalars
        self._rows: list[Any] | None = None
        self._total: int | None = None

    # --- the question -------------------------------------------------------------------------------------------

    def value_of(self, condition: Filter) -> str:
        return self.args.get(condition.name, "").strip()[:80]

    @property
    def filtered(self) -> bool:
        return any(self.value_of(f) for f in self.filters)

    def _known_sort(self, given: str) -> str:
        known = {c.key for c in self.columns if c.sortable}
        return given if given.removeprefix("-") in known else ""

    @staticmethod
    def _page_number(given: str) -> int:
        return max(1, min(int(given), 100_000)) if given.isascii() and given.isdigit() and len(given) < 8 else 1

    def _filtered_query(self) -> Select[Any]:
        query = self.query
        for condition in self.filters:
            given = self.value_of(condition)
            if given:
                query = query.where(condition.where(given))
        return query

    def _ordered(self, query: Select[Any]) -> Select[Any]:
        asked = self.sort or self.default_sort
        column = next((c for c in self.columns if c.key == asked.removeprefix("-") and c.sortable), None)
        if column is None:
            return query
        order = column.sort.desc().nulls_last() if asked.startswith("-") else column.sort.asc().nulls_last()
        first: Any = query.get_final_froms()[0]
        tie = tuple(first.primary_key) if hasattr(first, "primary_key") else ()  # of a table or of a join
        return query.order_by(None).order_by(order, *tie)

    # --- the answer ---------------------------------------------------------------------------------------------

    @property
    def total(self) -> int:
        """How many rows there are under the filters."""
        if self._total is None:
            inner = self._filtered_query().order_by(None).subquery()
            self._total = db.session.scalar(select(func.count()).select_from(inner)) or 0
        return self._total

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def rows(self) -> list[Any]:
        """The rows of this page; a page number past the end shows the last page."""
        if self._rows is None:
            try:
                self._rows = self._page_rows()
            except AttributeError as error:  # a template would read it as "no rows"
                raise RuntimeError(f"table {self.name}: {error}") from error
        return self._rows

    def _page_rows(self) -> list[Any]:
        self.page = min(self.page, self.pages)
        query = self._ordered(self._filtered_query())
        return self._fetch(query.limit(self.per_page).offset((self.page - 1) * self.per_page))

    def _fetch(self, query: Select[Any]) -> list[Any]:
        if self._scalars:
            return list(db.session.scalars(query))
        return list(db.session.execute(query))

    def sorted_by(self, column: Column) -> str:
        """``ascending``, ``descending`` or '' for ``aria-sort``."""
        asked = self.sort or self.default_sort
        if asked.removeprefix("-") != column.key:
            return ""
        return "descending" if asked.startswith("-") else "ascending"

    def _url(self, **changes: str | int) -> str:
        merged = {k: v for k, v in self.args.items() if k != "format" and v} | {k: str(v) for k, v in changes.items()}
        return "?" + urlencode({k: v for k, v in merged.items() if v})

    def sort_url(self, column: Column) -> str:
        turn = "-" if self.sorted_by(column) == "ascending" else ""
        return self._url(sort=f"{turn}{column.key}", page="")

    def page_url(self, page: int) -> str:
        return self._url(page=page)

    def export_url(self, kind: str) -> str:
        return self._url(format=kind, page="")

    # --- the answer to the browser ------------------------------------------------------------------------------

    def respond(self, template: str, **context: Any) -> Any:
        """The page, or the whole filtered table as a file when ``format=csv`` or ``xlsx`` is asked."""
        kind = self.args.get("format", "")
        if self.exports and kind in ("csv", "xlsx"):
            return self.export(kind)
        return render_template(template, table=self, **context)

    def export(self, kind: str) -> Response:
        """Every row under the filters as CSV (UTF-8 with mark, for Excel) or xlsx; more than 50,000 is refused."""
        if self.total > EXPORT_LIMIT:
            raise BadInput(
                f"有 {self.total:,} 条，一次最多导出 {EXPORT_LIMIT:,} 条。",
                code="table.too_many",
                help="先加上筛选条件，分几次导出。",
            )
        columns = [c for c in self.columns if c.export]
        rows = ([c.plain(row) for c in columns] for row in self._fetch(self._ordered(self._filtered_query())))
        head = [c.label for c in columns]
        data, mime = (
            (to_csv(head, rows), "text/csv; charset=utf-8") if kind == "csv" else (to_xlsx(head, rows, self.name), XLSX)
        )
        response = Response(data, content_type=mime)
        response.headers["Content-Disposition"] = f'attachment; filename="{safe_name(self.name)}.{kind}"'
        response.headers["Cache-Control"] = "no-store"
        return response


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def safe_name(name: str) -> str:
    """A file name of plain ASCII letters, digits, dash and underscore."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in name).strip("-")
    return kept or "table"


def harmless(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it; numbers stay numbers."""
    if isinstance(value, str) and value.lstrip(" \u3000\ufeff").startswith(_FORMULA):
        return "'" + value
    return value


def to_csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """CSV in UTF-8 with a byte order mark, so that Excel reads the Chinese."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(head)
    for row in rows:
        writer.writerow([harmless(_cell(v)) for v in row])
    return ("\ufeff" + out.getvalue()).encode("utf-8")


def to_xlsx(head: Sequence[str], rows: Iterable[Sequence[Any]], title: str) -> bytes:
    """A workbook with one sheet; text is written as text, so nothing is run as a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(safe_name(title)[:31])
    sheet.append(list(head))
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=_cell(value))
            if isinstance(cell.value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return fmt.moment(value)
    if isinstance(value, date):
        return value.isoformat()
    return value
