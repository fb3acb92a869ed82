"""Use cases of an import: check, confirm, write in one transaction.  Nothing here commits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import text

from admin.enterprise import likeness
from admin.intake import handover, queries, rules_rows
from admin.intake.models import Import, PreparedRow
from admin.intake.rules import IMPORT, INTAKE, ImportFacts
from admin.intake.rules_rows import Fault, Read
from admin.intake.workbook import SHEET
from admin.twin.rules import Pair, Party, pairs, village
from core import clock, numbers
from core.account import invitations
from core.account.actor import SYSTEM, Actor
from core.db import db, separate_unit
from core.errors import BadInput, Denied, DomainError
from core.file.queries import files_by_id, read_bytes
from core.file.service import store
from core.file.workbook import read_sheet
from core.job.service import defer
from core.notice.service import send
from core.organisation.service import register_without_code
from core.record.service import record
from core.workflow.engine import MoveContext, fire
from core.workflow.table import Move

_LOCK = 731_105
STEP = 50


@dataclass(frozen=True, slots=True)
class Checked:
    """What a workbook holds now: its raw rows, each row read with its faults, headings nobody knows."""

    raw: list[list[Any]]
    rows: list[Read]
    strange: list[str]

    @property
    def good(self) -> list[Read]:
        return [row for row in self.rows if not row.faults]

    @property
    def bad(self) -> list[Read]:
        return [row for row in self.rows if row.faults]

    @property
    def faults(self) -> list[Fault]:
        return [fault for row in self.rows for fault in row.faults]

    def by_cell(self) -> dict[str, list[Fault]]:
        """The faults by the address of their cell."""
        found: dict[str, list[Fault]] = {}
        for fault in self.faults:
            found.setdefault(fault.cell, []).append(fault)
        return found


def check(data: bytes) -> Checked:
    """Every cell judged against the rules and the register as they are now; nothing is written.  BadInput for a file that is none."""
    sheet = read_sheet(data, title=SHEET, most_rows=rules_rows.MAX_ROWS, code="intake.file")
    if not sheet.rows:
        raise BadInput("表格是空的。", code="intake.empty", field="file", help="用模板填好再传。")
    columns, wrong, strange = rules_rows.head(sheet.rows[0])
    if wrong:
        raise BadInput("".join(wrong), code="intake.heading", field="file", help="第一行的标题照模板写。")
    body = sheet.rows[1:]
    first = rules_rows.read_rows(body, columns, sheet.merged, rules_rows.Known())
    if not first:
        raise BadInput("表里还没有数据。", code="intake.empty", field="file", help="从第 2 行开始填，一行一家。")
    known = queries.known([code for row in first if (code := row.text("code"))])
    return Checked(sheet.rows, rules_rows.read_rows(body, columns, sheet.merged, known), strange)


def checked_of(found: Import) -> Checked:
    """The kept file of an import, judged as of now."""
    return check(read_bytes(files_by_id([found.file_id])[found.file_id]))


def upload(stream: BinaryIO | bytes, filename: str, actor: Actor) -> Import:
    """Afterwards the file is kept and an import waits for a person's confirmation; nothing of its rows is written."""
    if not actor.can(IMPORT) or actor.user_id is None or actor.organisation_kind != "office":
        raise Denied("批量导入由e镇办公室经办人办理。", help="请换成e镇办公室的身份。")
    assert actor.organisation_id is not None
    file = store(stream, filename, kind="table", owner_organisation_id=actor.organisation_id, actor=actor)
    if not file.filename.endswith(".xlsx"):
        raise BadInput("请传 xlsx 表格。", code="intake.file", field="file", help="用模板填好再传。")
    checked = check(read_bytes(file))
    year = clock.today().year
    found = Import(
        import_no=f"DR-{year}-{numbers.gap_free('intake', year):03d}", file_id=file.id, office_id=actor.organisation_id,
        uploaded_by_id=actor.user_id, good=len(checked.good), bad=len(checked.bad),
    )  # fmt: skip
    db.session.add(found)
    db.session.flush()
    record("intake.uploaded", found, actor, sha256=file.sha256, good=found.good, bad=found.bad)
    return found


def load_facts(found: Import, move: Move, actor: Actor, _now: datetime, _payload: Mapping[str, Any]) -> ImportFacts:
    """What the guards decide on; the file is read anew where rows are to be written."""
    at_office = queries.at_office(actor)
    if not move.key.startswith("confirm"):
        return ImportFacts(at_office=at_office)
    return ImportFacts(found.good, found.bad, at_office)


def on_confirmed(found: Import, ctx: MoveContext) -> None:
    """Effect: who confirmed stands on the import, and the rows are written behind the page."""
    found.mode = ctx.move.key.removeprefix("confirm_")
    found.confirmed_at, found.confirmed_by_id, found.progress = ctx.now, ctx.actor.user_id, 0
    defer("intake.write", import_id=found.id)


def suspects(checked: Checked) -> list[Pair]:
    """Good rows that may be somebody of the register, of an application, or another row of the file."""
    rows = [_party(read) for read in checked.good]
    mine = {party.key for party in rows}
    return [pair if pair.first.key in mine else Pair(pair.second, pair.first, pair.reasons, pair.weight)
            for pair in pairs([*rows, *likeness.parties()]) if pair.first.key in mine or pair.second.key in mine]  # fmt: skip


def _party(read: Read) -> Party:
    person = read.kind == "grower"
    place = rules_rows.place_of(read) if person else village(read.text("town"), read.text("address"))
    mobile = read.text("contact_mobile")
    return Party(
        (f"r{read.row:04d}",), read.text("name"), read.kind, read.text("code"), place, read.text("contact_name"),
        frozenset({mobile} if mobile else ()), f"表里第 {read.row} 行",
    )  # fmt: skip


def write(import_id: int) -> None:
    """Afterwards all rows that were confirmed stand, or none: then the import waits again and says why.  Runs once."""
    db.session.execute(
        text("select pg_advisory_xact_lock(:k)"), {"k": _LOCK}
    )  # two imports at once: one after the other
    found = db.session.get_one(Import, import_id, populate_existing=True)
    if found.state != "writing":
        return
    actor = Actor(user_id=found.confirmed_by_id, organisation_id=found.office_id, organisation_kind="office")
    try:
        with db.session.begin_nested():
            counts = _write_rows(found, actor)
    except DomainError as error:
        db.session.refresh(found)
        fire(INTAKE, found, "fail", SYSTEM, reason=f"{error.message}什么都没有写。{error.help or ''}")
        _tell(found, "没有写成", f"{error.message}什么都没有写。")
        return
    found.growers, found.applications, found.left_out = counts
    found.finished_at = clock.now()
    fire(INTAKE, found, "finish", SYSTEM)
    _tell(
        found,
        "已导入",
        f"登记种植户 {found.growers} 户，预填申请 {found.applications} 份，没有导入 {found.left_out} 行。",
    )
    record(
        "intake.written", found, actor, growers=found.growers, applications=found.applications, left_out=found.left_out
    )


def _tell(found: Import, how: str, body: str) -> None:
    """Who confirmed may have left the page."""
    send(
        title=f"批量导入 {found.import_no} {how}",
        body=body,
        link=f"/intake/{found.public_id}",
        to_user_id=found.confirmed_by_id,
    )


def _write_rows(found: Import, actor: Actor) -> tuple[int, int, int]:
    checked = checked_of(found)
    found.good, found.bad = len(checked.good), len(checked.bad)
    if not checked.good or (found.mode == "all" and checked.bad):
        raise BadInput(
            f"确认以后资料变了，现在有 {len(checked.bad)} 行有问题。",
            code="intake.changed",
            help="看下面写的，再确认一次。",
        )
    growers = 0
    for number, read in enumerate(checked.good, start=1):
        row = _row(found, read)
        if read.kind == "grower":
            growers += 1
            _grower(row, read, actor)
        db.session.add(row)
        db.session.flush()
        if row.kind == "enterprise":
            handover.offer(row, actor)
        if number % STEP == 0:
            _tell_progress(found.id, number)
    return growers, len(checked.good) - growers, len(checked.bad)


def _row(found: Import, read: Read) -> PreparedRow:
    texts = {
        key: read.text(key)
        for key in ("name", "code", "town", "address", "business", "contact_name", "contact_mobile", "note")
    }
    return PreparedRow(
        import_id=found.id, row=read.row, kind=read.kind, licence_until=read.values.get("licence_until"), **texts
    )


def _grower(row: PreparedRow, read: Read, actor: Actor) -> None:
    """A grower gets a party code as at the office's form; where a mobile number is given, the usual invitation to act for itself."""
    made = register_without_code(
        kind="grower", name=row.name, reason=read.text("reason"), actor=actor, town=rules_rows.place_of(read)
    )
    row.organisation_id = made.id
    if row.contact_mobile:
        invitations.invite(made.id, row.contact_mobile, "owner", actor)


def _tell_progress(import_id: int, number: int) -> None:
    """Told apart from the rows, so that the page sees it before they are committed."""
    with separate_unit() as session:
        session.execute(
            text("update admin_intake_import set progress = :n where id = :id"), {"n": number, "id": import_id}
        )
