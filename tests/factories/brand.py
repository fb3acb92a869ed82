"""Brands, applications and licences for tests, made through the services; the important values are given."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

from PIL import Image

from brand.licence import service
from brand.licence.models import Licence
from brand.matrix import queries as matrix
from brand.matrix.service import establish_matrix
from core import clock
from core.account.actor import Actor
from core.db import db


def picture(colour: str = "white") -> bytes:
    """A small JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return out.getvalue()


def make_matrix(brand_clerk: Actor) -> None:
    """The public brands of the plan."""
    establish_matrix(brand_clerk)
    db.session.flush()


def make_application(
    owner: Actor,
    *,
    brand: str = "linyi-apple",
    specifications: tuple[str, ...] = ("apple-80",),
    yearly_grams: int = 126_000_000,
) -> Licence:
    """A draft with everything but the promise and the sending: rows, base proof, fresh test, packaging samples."""
    licence = service.open_application(owner, matrix.by_key(brand).id)
    for specification in specifications:
        service.add_row(
            licence,
            owner,
            variety="fuji",
            form="fresh",
            specification=specification,
            yearly_grams=yearly_grams,
            area_m2=56_000,
        )
        add_evidence(licence, owner, "packaging", specification=specification)
    add_evidence(licence, owner, "base", valid_until=date(2029, 3, 31))
    add_evidence(licence, owner, "test_report", issued_on=clock.today() - timedelta(days=20))
    return licence


def add_evidence(licence: Licence, owner: Actor, kind: str, **values: Any) -> Any:
    """One picture among the evidence."""
    return service.add_evidence(
        licence, owner, kind=kind, stream=picture(), filename=f"{kind}.jpg", issuer="示例机构", **values
    )


def submitted(owner: Actor, **values: Any) -> Licence:
    """An application that lies with the brand office."""
    licence = make_application(owner, **values)
    service.accept_rules(licence, owner)
    service.submit(licence, owner)
    return licence


def screened(owner: Actor, clerk: Actor, **values: Any) -> Licence:
    """An application that waits for a decision."""
    licence = submitted(owner, **values)
    service.screen(licence, clerk)
    return licence


def make_licence(owner: Actor, clerk: Actor, decider: Actor, **values: Any) -> Licence:
    """A licence in force from today."""
    term = {k: values.pop(k) for k in ("rows", "valid_from", "valid_until") if k in values}
    return service.approve(screened(owner, clerk, **values), decider, **term)
