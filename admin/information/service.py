"""The form is saved as a new revision, confirmed for a year, reminded of; the office checks registrations yearly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from admin.enterprise import queries as entries
from admin.information import permissions, queries, rules
from admin.information.models import Confirmation, Reminder, Revision
from core import clock
from core.account.actor import Actor
from core.db import db
from core.errors import BadInput, Conflict, Denied, RuleBroken, Unmet
from core.identifiers import looks_like_resident_id, normalise_text
from core.notice.service import send
from core.organisation import queries as organisations
from core.organisation.service import note_check
from core.record.service import record

NUMBERS = (*rules.COUNTS, *rules.FIGURES)
LABELS = {
    "stores": "店铺",
    "brands": "自有品牌",
    **{k: v[0].partition("（")[0] for k, v in rules.COUNTS.items()},
    **rules.FIGURES,
}


def save(actor: Actor, values: Mapping[str, Any], *, base: int | None = None) -> Revision:
    """Afterwards the values stand as the next revision; ``base`` is the number the page showed (StalePage otherwise)."""
    if actor.organisation_id is None or not actor.can(permissions.FILL):
        raise Denied("企业信息由本单位填写。", help="请在右上角切换到本单位的身份。")
    organisations.lock_row(actor.organisation_id)  # two colleagues saving at once: numbers follow each other
    before = queries.latest(actor.organisation_id)
    number = before.number if before else 0
    if base is not None and base != number:
        raise Conflict(
            "同事刚刚改过，你的填写没有保存。", code="information.stale", help="另开一个窗口看最新内容，再填一次。"
        )
    stores, unmet = rules.read_stores(str(values.get("stores") or ""))
    brands = [normalise_text(b) for b in str(values.get("brands") or "").replace("，", "、").split("、") if b.strip()]
    if any(len(b) > 30 for b in brands) or len(brands) > 20:
        unmet.append(Unmet("XX-08", "品牌最多 20 个，每个最多 30 字。", help="用顿号隔开。"))
    data: dict[str, Any] = {
        "stores": [{"platform": s.platform, "name": normalise_text(s.name), "url": s.url} for s in stores],
        "brands": brands,
        **{key: values.get(key) for key in NUMBERS},
    }
    unmet += rules.data_faults(data)
    if any(looks_like_resident_id(t) for t in [*brands, *(s.name for s in stores)]):
        unmet.append(Unmet("XX-09", "这里像是有身份证号，平台不收集。", help="请删去号码。"))
    if unmet:
        raise RuleBroken(unmet=unmet)
    if before is not None and before.data == data:
        return before
    row = Revision(
        organisation_id=actor.organisation_id,
        number=number + 1,
        data=data,
        saved_at=clock.now(),
        saved_by_id=actor.user_id,
    )
    db.session.add(row)
    db.session.flush()
    record("information.saved", ("admin_information_revision", str(row.id)), actor, number=row.number)
    return row


def confirm(actor: Actor, year: int) -> Confirmation:
    """Afterwards the latest revision is confirmed for the year, once; what is missing is listed."""
    if actor.organisation_id is None or not actor.can(permissions.CONFIRM):
        raise Denied("年度信息由企业负责人确认。", help="请负责人登录后办理。")
    if year != clock.today().year:
        raise BadInput("只能确认本年度的信息。", code="information.year", field="year")
    organisations.lock_row(actor.organisation_id)
    row = queries.latest(actor.organisation_id)
    if unmet := rules.missing(row.data if row else {}):
        raise RuleBroken(unmet=unmet)
    if queries.confirmed(actor.organisation_id, year):
        raise Conflict(
            f"{year} 年度已经确认过。", code="information.confirmed", help="信息变了随时可以再保存，明年再确认。"
        )
    assert row is not None
    made = Confirmation(
        organisation_id=actor.organisation_id, year=year, revision_id=row.id, confirmed_at=clock.now(), confirmed_by_id=actor.user_id
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    record(
        "information.confirmed", ("admin_information_confirmation", str(made.id)), actor, year=year, number=row.number
    )
    return made


def check(organisation_id: int, actor: Actor, *, licence_until: date | None) -> None:
    """Afterwards the office has checked the registration against its papers today (电子商务法 article 27)."""
    if not actor.can(permissions.CHECK):
        raise Denied("登记信息由e镇办公室核对。", help="请换一个身份办理。")
    if licence_until is not None and licence_until < clock.today():
        raise BadInput(
            "执照已经到期，不能记为核对无误。",
            code="information.licence",
            field="licence_until",
            help="请企业换发执照后再核对。",
        )
    note_check(organisation_id, actor, licence_until=licence_until)


def remind() -> int:
    """Afterwards everybody who has not confirmed has the reminder that is due; each step is sent once; how many."""
    numbers = queries.terms_of(clock.today().year)
    step = rules.reminder_step(clock.today(), numbers)
    if step is None:
        return 0
    year, before = step
    done, sent = (
        queries.confirmed_ids(year),
        set(db.session.scalars(select(Reminder.organisation_id).where(Reminder.year == year, Reminder.step == before))),
    )
    count, entered = 0, entries.entered()
    for organisation in organisations.of_kind("enterprise"):
        if organisation.id in done or organisation.id in sent or organisation.id not in entered:
            continue
        statement = insert(Reminder).values(
            organisation_id=organisation.id, year=year, step=before, sent_at=clock.now()
        )
        if db.session.execute(statement.on_conflict_do_nothing().returning(Reminder.id)).scalar() is None:
            continue
        due = rules.due_on(year, numbers)
        send(
            title=f"请确认 {year} 年度企业信息",
            body=f"截止 {due.month}月{due.day}日。核对店铺、人数、面积和上年数字，没有变化也要确认一次。",
            link="/information",
            to_organisation_id=organisation.id,
        )
        count += 1
    return count
