"""The editable footer and notices: who runs the site, ICP, licences, privacy; empty texts are not shown."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import current_app, g
from flask_babel import gettext as _
from sqlalchemy import select

from core import clock, identifiers
from core.account.actor import Actor
from core.db import db
from core.errors import BadInput
from core.record.service import record
from core.ui.models import Setting

KEEP_SECONDS = 30
_CONTACT = re.compile(r"(mailto:|tel:|https://)[!-~]+")  # RFC 9116 2.5.3: a URI


@dataclass(frozen=True, slots=True)
class Text:
    """A text an administrator may set."""

    name: str
    label: str
    help: str
    long: bool = False


TEXTS: tuple[Text, ...] = (
    Text("operator", "主办单位", "例如：临猗县示例运营单位。不填就不显示。"),
    Text("icp", "ICP 备案号", "例如 晋ICP备06004910号-1。没有备案就空着。"),
    Text("police", "公安联网备案号", "例如 晋公网安备 00000000000000号（14 位数字）。没有就空着。"),
    Text("telephone", "服务电话", "消费者可拨打的电话。"),
    Text(
        "security",
        "安全问题联系方式",
        "写进 /.well-known/security.txt，以 mailto:、tel: 或 https:// 开头。不填就没有这个文件。",
    ),
    Text("privacy", "隐私说明", "页脚“隐私说明”一页的全文。", long=True),
    Text("licence", "营业执照公示", "页脚“营业执照公示”一页的全文：名称、统一社会信用代码、登记机关。", long=True),
    Text("rules", "售后与投诉规则", "页脚“售后规则”一页的全文。", long=True),
)
PAGES: dict[str, str] = {"privacy": "隐私说明", "licence": "营业执照公示", "rules": "售后规则"}


def texts() -> dict[str, str]:
    """All set texts by name; kept for half a minute per process, so that public pages ask the database rarely."""
    kept = _kept()
    if kept.get("until", 0.0) > time.monotonic():
        return dict(kept["texts"])
    found = {row.name: row.value for row in db.session.scalars(select(Setting)) if row.value}
    kept.update(texts=found, until=time.monotonic() + KEEP_SECONDS)
    return dict(found)


def _kept() -> dict[str, Any]:
    """Where the texts are kept: with the process; tests, which turn the database back, with the request."""
    kept: dict[str, Any] = (g if current_app.testing else current_app.extensions).setdefault("yidun_site", {})
    return kept


def set_texts(values: dict[str, str], actor: Actor) -> list[str]:
    """Afterwards the given texts stand and an audit row names the changed ones; returns their names.

    Raises ``BadInput`` naming the field where a filing number has not the printed shape.
    """
    values = dict(values)
    values["icp"] = identifiers.check_icp(values.get("icp", ""), "icp")
    values["police"] = identifiers.check_police_filing(values.get("police", ""), "police")
    if (contact := values.get("security", "")) and not _CONTACT.fullmatch(contact):
        raise BadInput(
            "安全问题联系方式要以 mailto:、tel: 或 https:// 开头。", code="site.security", field="security",
            help="例如 mailto:security@example.cn。",
        )  # fmt: skip
    rows = {row.name: row for row in db.session.scalars(select(Setting).with_for_update())}
    changed: list[str] = []
    for text in TEXTS:
        value = values.get(text.name, "")
        row = rows.get(text.name)
        if row is None and value:
            db.session.add(
                Setting(name=text.name, value=value, version=1, changed_at=clock.now(), changed_by=actor.user_id)
            )
            changed.append(text.name)
        elif row is not None and row.value != value:
            row.value, row.version = value, row.version + 1
            row.changed_at, row.changed_by = clock.now(), actor.user_id
            changed.append(text.name)
    if changed:
        db.session.flush()
        record("site.texts_changed", ("core_ui_setting", "site"), actor, names=changed)
        _kept().clear()
    return changed


def stamp() -> str:
    """One stamp over all texts, against two people editing at once."""
    rows = db.session.execute(select(Setting.name, Setting.version).order_by(Setting.name))
    return ",".join(f"{name}:{version}" for name, version in rows)


def footer_links() -> list[tuple[str, str]]:
    """Links of the footer: only pages that have a text."""
    labels = {"privacy": _("隐私说明"), "licence": _("营业执照公示"), "rules": _("售后规则")}
    known = _quiet_texts()
    return [(str(labels[name]), f"/about/{name}") for name in PAGES if known.get(name)]


def footer_lines() -> list[str]:
    """The small print of the footer."""
    known = _quiet_texts()
    lines = []
    if known.get("operator"):
        lines.append(str(_("猗顿农品，%(operator)s主办", operator=known["operator"])))
    if known.get("telephone"):
        lines.append(str(_("服务电话 %(number)s", number=known["telephone"])))
    filed = "　".join(known[n] for n in ("icp", "police") if known.get(n))
    return [*lines, filed] if filed else lines


def _quiet_texts() -> dict[str, str]:
    """The texts, or none while the database is away: an error page must not fail for its footer."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        return texts()
    except SQLAlchemyError:
        return {}


def security_txt(origin: str) -> str:
    """The file of RFC 9116, or nothing where no contact is set; it is good for half a year from each reading."""
    contact = _quiet_texts().get("security", "")
    if not contact:
        return ""
    until = (clock.now() + timedelta(days=180)).replace(microsecond=0)
    return (
        f"Contact: {contact}\nExpires: {until:%Y-%m-%dT%H:%M:%SZ}\nPreferred-Languages: zh, en\n"
        f"Canonical: {origin}/.well-known/security.txt\n"
    )
