"""What an enterprise that has entered still has to do (lease, yearly information, claims, changes), and its desk."""

from __future__ import annotations

from datetime import timedelta

from flask import url_for

from admin.change import queries as changes
from admin.change import rules as change_rules
from admin.enterprise import queries as entry
from admin.information import queries as information
from admin.information import rules as information_rules
from admin.lease import queries as leases
from admin.lease import rules as lease_rules
from admin.support import queries as support
from admin.support import rules as support_rules
from admin.workbench import rules
from core import clock
from core.account.actor import Actor
from core.organisation import queries as organisations
from core.ui.filters import day_cn


def todos(organisation_id: int) -> list[rules.Todo]:
    """What waits for the enterprise itself: leases to confirm, the yearly information, papers asked for."""
    found = _leases_to_confirm(organisation_id) + _information(organisation_id)
    for claim in support.returned(organisation_id):
        address = url_for("support.show", public_id=claim.public_id)
        found.append(rules.Todo("扶持申领请补正", claim.claim_no, address, "去补正", urgent=True))
    for change in changes.returned(organisation_id):
        address = url_for("change.show", public_id=change.public_id)
        found.append(rules.Todo("变更申请请补正", change.case_no, address, "去补正", urgent=True))
    return found


def _leases_to_confirm(organisation_id: int) -> list[rules.Todo]:
    rows = leases.offered_to(organisation_id)
    units = leases.unit_codes([row.unit_id for row in rows])
    return [
        rules.Todo(
            f"请确认租赁：{units[row.unit_id]}",
            f"{row.area_m2:,} 平方米，{day_cn(row.starts_on)}起租",
            url_for("lease.show", public_id=row.public_id),
            "去核对",
        )
        for row in rows
    ]


def _information(organisation_id: int) -> list[rules.Todo]:
    """The yearly confirmation, from the first reminder on until it is there."""
    today = clock.today()
    numbers = information.terms_of(today.year)
    due = information_rules.due_on(today.year, numbers)
    if today < due - timedelta(days=max(numbers.reminder_days, default=0)):
        return []
    if organisation_id not in entry.entered() or information.confirmed(organisation_id, today.year):
        return []
    entered_on = organisations.get_organisation(organisation_id).registered_on
    late_comer = entered_on is not None and entered_on > due
    return [
        rules.Todo(
            f"确认 {today.year} 年度企业信息",
            "没有确认的不能申领扶持",
            url_for("information.own"),
            "去填写",
            due_on=None if late_comer else due,
        )
    ]


def ending_leases(organisation_id: int, ahead: timedelta) -> list[tuple[str, str, str, str]]:
    """Leases that end within the time ahead: (tone, sentence, explanation, address)."""
    today = clock.today()
    rows = [row for row in leases.ending(organisation_id) if row.starts_on <= today and row.ends_on - today <= ahead]
    units = leases.unit_codes([row.unit_id for row in rows])
    return [
        (
            "warn",
            f"{units[row.unit_id]} 的租赁{lease_rules.left_words((row.ends_on - today).days)}",
            "要续租的和e镇办公室商定下一个租期；不续的准备交接",
            url_for("lease.show", public_id=row.public_id),
        )
        for row in rows
    ]


def cases(actor: Actor) -> list[rules.Todo]:
    """Claims of support and requests for a change that wait for this actor."""
    claims, requests = support.waiting(actor), changes.waiting(actor)
    ids = [row.organisation_id for row in claims] + [row.organisation_id for row in requests]
    names = organisations.names(ids)
    return [
        *(
            rules.Todo(
                f"扶持申领：{names[row.organisation_id]}",
                f"{support_rules.KINDS[row.kind]}，{row.claim_no}，{support_rules.SUPPORT.label_of(row.state)}",
                url_for("support.show", public_id=row.public_id),
                "去审核" if row.state == "submitted" else "去审定",
            )
            for row in claims
        ),
        *(
            rules.Todo(
                f"{change_rules.KINDS[row.kind]}：{names[row.organisation_id]}",
                f"{row.case_no}，{change_rules.CHANGE.label_of(row.state)}",
                url_for("change.show", public_id=row.public_id),
                "去受理" if row.state == "submitted" else "去审定",
            )
            for row in requests
        ),
    ]
