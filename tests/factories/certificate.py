"""Certificates for tests, made through the services; the important values are given."""

from __future__ import annotations

from datetime import date
from typing import Any

from brand.certificate import rules, service
from brand.certificate.models import MarkCertificate
from core import clock
from core.account.actor import Actor
from core.db import db
from core.workflow.engine import fire
from tests.factories.brand import picture

PAPERS: dict[str, dict[str, Any]] = {
    "green": {
        "number": "LB-18-2601040001", "company_code": "GF140821260001", "issuer": "示例绿色食品机构",
        "valid_from": date(2026, 3, 1), "valid_until": date(2029, 2, 28),
    },
    "organic": {
        "number": "0001OP2600001", "issuer": "示例认证机构", "valid_from": date(2026, 3, 1), "valid_until": date(2027, 2, 28),
    },
    "agri_gi": {"number": "AGI00000", "issuer": "示例登记机关", "licensor": "示例协会", "valid_from": date(2020, 1, 1)},
    "gi_mark": {
        "number": "示例备案1号", "issuer": "示例登记机关", "licensor": "示例协会", "route": "certification",
        "valid_from": date(2026, 3, 1),
    },
    "sc": {
        "number": "SC10614082100019", "issuer": "示例市场监督管理局", "valid_from": date(2026, 3, 1),
        "valid_until": date(2031, 2, 28),
    },
}  # fmt: skip


def entered(
    owner: Actor, kind: str = "green", *, plots: Any = (), variety: str = "fuji", yearly_grams: int | None = 2_000_000,
    **values: Any,
) -> MarkCertificate:  # fmt: skip
    """A draft with scan, one product and the given plots (rows)."""
    row = service.enter(owner, kind=kind, **(PAPERS[kind] | values))
    service.add_product(row, owner, variety=variety, form="fresh", yearly_grams=yearly_grams)
    service.set_scan(row, owner, picture(), "证书.jpg")
    if plots:
        service.set_plots(row, owner, [str(p.public_id) for p in plots])
    return row


def submitted(owner: Actor, kind: str = "green", **values: Any) -> MarkCertificate:
    """A certificate that lies with the brand office."""
    row = entered(owner, kind, **values)
    fire(rules.CERTIFICATE, row, "submit", owner)
    return row


def confirmed(owner: Actor, clerk: Actor, kind: str = "green", **values: Any) -> MarkCertificate:
    """A certificate looked up and confirmed today."""
    row = submitted(owner, kind, **values)
    service.note_check(
        row, clerk, checked_on=clock.today(), register=rules.KINDS[kind].register, outcome="matches", note="逐项一致"
    )
    fire(rules.CERTIFICATE, row, "confirm", clerk)
    db.session.flush()
    return row
