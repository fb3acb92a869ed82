"""The audit trail for auditors: who did what to which object, and whether the chain holds."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from sqlalchemy import select

from core.account.access import access
from core.account.models import User
from core.organisation.models import Organisation
from core.record.models import AuditRow, ChainLink
from core.record.permissions import READ
from core.record.service import head
from core.ui.tables import Column, Filter, Table

blueprint = Blueprint("record", __name__, template_folder="templates")


def _detail(row: Any) -> str:
    """The details in one line, without the long ones."""
    return "，".join(f"{k}：{v}" for k, v in row.details.items() if v not in ("", None))[:160]


@blueprint.get("/system/audit")
@access(READ)
def index() -> Any:
    """Every deed, newest first; what is not chained yet says so."""
    query = (
        select(
            AuditRow.id, AuditRow.at, AuditRow.verb, AuditRow.subject_table, AuditRow.subject_key, AuditRow.role, AuditRow.details,
            User.display_name, Organisation.name, ChainLink.id.label("link"),
        )
        .outerjoin(User, User.id == AuditRow.user_id)
        .outerjoin(Organisation, Organisation.id == AuditRow.organisation_id)
        .outerjoin(ChainLink, ChainLink.entry_id == AuditRow.id)
    )  # fmt: skip
    table = Table(
        query,
        columns=[
            Column("at", "时间", kind="moment", sort=AuditRow.at),
            Column("verb", "事项", sort=AuditRow.verb),
            Column(
                "display_name", "办理人", value=lambda r: r.display_name or ("系统" if r.role == "system" else "访客")
            ),
            Column("name", "单位", value=lambda r: r.name or ""),
            Column("subject_table", "对象", value=lambda r: f"{r.subject_table} {r.subject_key[:8]}"),
            Column("details", "内容", value=_detail),
            Column("link", "入链", kind="chip", value=lambda r: ("已入链", "ok") if r.link else ("待入链", "busy")),
        ],
        filters=[Filter("q", "事项、对象编号或单位", search=(AuditRow.verb, AuditRow.subject_key, Organisation.name))],
        default_sort="-at",
        name="audit",
        empty="还没有审计记录。",
    )
    count, value = head()
    return table.respond("core/record/index.html", chained=count, head=value)
