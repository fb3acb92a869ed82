"""Use cases of standards: start one, copy one, edit a draft, publish, end.  A published version is never edited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, func, select

from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Conflict, Denied, NotFound
from core.identifiers import normalise_text
from core.record.service import record
from core.taxonomy import queries as taxonomy
from core.workflow.engine import fire
from trace.grade import queries, rules
from trace.grade.models import Criterion, Grade, Standard, StandardVersion
from trace.grade.permissions import EDIT
from trace.grade.rules import GradeRow

MAX_GRADES, MAX_CRITERIA = 20, 20


def _own(actor: Actor) -> int:
    if actor.organisation_id is None or not (actor.is_system or actor.can(EDIT)):
        raise Denied("分级标准由本单位或品牌办的人员起草。", help="请在右上角切换到本单位的身份。")
    return actor.organisation_id


def add_standard(actor: Actor, *, code: str, name: str, species: str) -> StandardVersion:
    """A new standard of the actor's organisation with an empty draft of version 1."""
    organisation_id = _own(actor)
    number = rules.code(code)
    taxonomy.term("species", species, field="species")
    title = normalise_text(name)
    if not title:
        raise BadInput("写上标准名称。", code="grade.name", field="name")
    if db.session.scalar(
        select(Standard.id).where(Standard.organisation_id == organisation_id, Standard.code == number)
    ):
        raise Conflict(f"本单位已有编号 {number} 的标准，请在它下面另起一版。", code="grade.code_taken", field="code")
    standard = Standard(organisation_id=organisation_id, species=species, code=number, name=title)
    db.session.add(standard)
    db.session.flush()
    record("grade.standard_added", standard, actor, code=number)
    return _draft(standard, actor, (), source="", note="")


def next_version(standard: Standard, actor: Actor) -> StandardVersion:
    """A draft of the next version with the grades of the newest; only one draft stands at a time."""
    if standard.organisation_id != _own(actor):
        raise NotFound("没有找到这个标准。", help="请从列表重新进入。")
    lock(standard)
    newest = queries.history_of(standard.id, actor)[0]
    if newest.state == "draft":
        raise Conflict("这个标准已有一版草稿，先把它发布。", code="grade.draft_open")
    return _draft(standard, actor, newest.grades, source=newest.source, note="")


def copy_version(original: queries.VersionView, actor: Actor, *, code: str, name: str) -> StandardVersion:
    """A standard of the actor's organisation whose draft holds the grades of ``original``, marks included."""
    made = add_standard(actor, code=code, name=name, species=original.species)
    made.source = original.source
    _write(made, original.grades)
    return made


def _draft(standard: Standard, actor: Actor, grades: Sequence[GradeRow], *, source: str, note: str) -> StandardVersion:
    last = db.session.scalar(select(func.max(StandardVersion.number)).where(StandardVersion.standard_id == standard.id))
    made = StandardVersion(standard_id=standard.id, number=(last or 0) + 1, valid_from=None, source=source, note=note)
    db.session.add(made)
    db.session.flush()
    _write(made, grades)
    record("grade.version_started", made, actor, code=standard.code, number=made.number)
    return made


def edit(
    version: StandardVersion,
    actor: Actor,
    grades: Sequence[GradeRow],
    *,
    valid_from: date | None,
    source: str = "",
    note: str = "",
) -> StandardVersion:
    """The draft holds exactly these grades and criteria; Conflict once it is published."""
    if queries.owner_of(version) != _own(actor):
        raise NotFound("没有找到这个标准版本。", help="请从列表重新进入。")
    lock(version)
    if version.state != "draft":
        raise Conflict("已发布的版本不能修改，请另起一版。", code="grade.frozen")
    if len(grades) > MAX_GRADES or any(len(g.criteria) > MAX_CRITERIA for g in grades):
        raise BadInput("等级最多 20 个，每个等级最多 20 条指标。", code="grade.too_many", field="grades")
    if len({g.label for g in grades}) != len(grades):
        raise BadInput("等级名称不能重复。", code="grade.label_twice", field="grades")
    for g in grades:
        for n, c in enumerate(g.criteria, 1):
            rules.check_criterion(c, f"等级“{g.label}”第 {n} 条")
    version.valid_from, version.source = valid_from, normalise_text(source)
    version.note = normalise_text(note, multiline=True)
    version.version += 1
    _write(version, grades)
    record("grade.version_edited", version, actor, grades=[g.label for g in grades])
    return version


def _write(version: StandardVersion, grades: Sequence[GradeRow]) -> None:
    old = select(Grade.id).where(Grade.version_id == version.id)
    db.session.execute(delete(Criterion).where(Criterion.grade_id.in_(old)))
    db.session.execute(delete(Grade).where(Grade.version_id == version.id))
    for rank, g in enumerate(sorted(grades, key=lambda row: row.rank), 1):
        row = Grade(version_id=version.id, key=g.key, label=g.label, rank=rank)
        db.session.add(row)
        db.session.flush()  # criteria name it
        db.session.add_all(
            Criterion(
                grade_id=row.id, position=n, measure=c.measure, low=c.low, high=c.high, high_excluded=c.high_excluded,
                words=c.words, to_be_confirmed=c.to_be_confirmed, source=c.source,
            )
            for n, c in enumerate(g.criteria, 1)
        )  # fmt: skip
    db.session.flush()


def move(version: StandardVersion, key: str, actor: Actor, reason: str = "") -> None:
    """Publish the draft, which freezes it, or end a published version; other published versions of the standard stay."""
    fire(rules.VERSION, version, key, actor, reason=reason)


def load_facts(version: StandardVersion, *_engine: object) -> rules.VersionFacts:
    """The workflow engine's loader."""
    grades = queries.grade_rows([version.id]).get(version.id, ())
    return rules.VersionFacts(grades, queries.owner_of(version) is not None, version.valid_from is not None)
