"""Use cases: register and change places of the actor's own organisation."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from core import clock
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Conflict, Denied, NotFound
from core.identifiers import normalise_code, normalise_text
from core.organisation import mandates
from core.organisation import queries as organisations
from core.place import queries, rules
from core.place.models import KINDS, Place, PlacePicture
from core.place.permissions import EDIT
from core.record.service import record
from core.taxonomy import queries as taxonomy

MAX_PICTURES = 12


def _own_organisation(actor: Actor) -> int:
    if actor.organisation_id is None or not (actor.is_system or actor.can(EDIT)):
        raise Denied("登记地块和场所要以企业身份办理。", help="请在右上角切换到本单位的身份。")
    return actor.organisation_id


def _farmer(organisation_id: int, code: str) -> int:
    if not code.strip():
        return organisation_id
    farmer = organisations.find_by_code(normalise_code(code))
    if farmer is None or (farmer.id != organisation_id and not mandates.keeps_for(organisation_id, farmer.id)):
        raise BadInput(
            "种植者只能选本单位登记的种植户。",
            code="place.farmer",
            field="farmer_code",
            help="先到“种植户”里登记，委托要在有效期内。",
        )
    return farmer.id


def _variety(kind: str, code: str) -> str | None:
    if not code:
        return None
    if kind != "plot":
        raise BadInput("只有地块才填品种。", code="place.variety", field="variety")
    return taxonomy.term("variety", code, field="variety").code


def _where(
    latitude: object, longitude: object, outline: Mapping[str, Any] | None
) -> tuple[Decimal | None, Decimal | None, dict[str, Any] | None]:
    checked = rules.check_outline(outline) if outline else None
    if latitude in (None, "") and longitude in (None, ""):
        if checked is None:
            return None, None, None
        point = rules.outline_centre(checked)
        return point.latitude, point.longitude, checked
    for value, field in ((latitude, "latitude"), (longitude, "longitude")):
        if value in (None, ""):
            raise BadInput("纬度和经度要一起填，或者都不填。", code="place.half_point", field=field)
    point = rules.check_point(latitude, longitude)
    return point.latitude, point.longitude, checked


def add_place(
    actor: Actor,
    *,
    kind: str,
    code: str,
    village: str,
    area_m2: int | None = None,
    name: str = "",
    latitude: object = None,
    longitude: object = None,
    outline: Mapping[str, Any] | None = None,
    farmer_code: str = "",
    note: str = "",
    variety: str = "",
) -> Place:
    """A new place of the actor's organisation; ``area_m2`` whole square metres, needed for plots.

    Raises BadInput on a malformed code, point or outline, Conflict where the code is taken.
    """
    organisation_id = _own_organisation(actor)
    if kind not in KINDS:
        raise BadInput("没有这一类场所，请从列表里选。", code="place.kind", field="kind")
    if kind == "plot" and not area_m2:
        raise BadInput("地块要填面积。", code="place.area", field="area_m2", help="按亩填，可以带小数。")
    if area_m2 is not None and not 1 <= area_m2 <= rules.MAX_AREA_M2:
        raise BadInput("面积要大于 0，也不会超过 15 万亩。", code="place.area", field="area_m2")
    code, village = rules.place_code(code), rules.village(village)
    if queries.find_by_code(organisation_id, code) is not None:
        raise Conflict(f"编号 {code} 已经用过，请换一个。", code="place.code_taken", field="code")
    lat, lon, ring = _where(latitude, longitude, outline)
    place = Place(
        organisation_id=organisation_id,
        farmer_id=_farmer(organisation_id, farmer_code),
        kind=kind,
        code=code,
        name=normalise_text(name),
        village=village,
        area_m2=area_m2,
        latitude=lat,
        longitude=lon,
        outline=ring,
        note=normalise_text(note, multiline=True),
        variety=_variety(kind, variety),
    )
    db.session.add(place)
    db.session.flush()
    record("place.added", place, actor, kind=kind, code=code)
    return place


def change_place(
    place: Place,
    actor: Actor,
    *,
    village: str,
    area_m2: int | None = None,
    name: str = "",
    latitude: object = None,
    longitude: object = None,
    outline: Mapping[str, Any] | None = None,
    farmer_code: str = "",
    note: str = "",
    variety: str = "",
    active: bool = True,
) -> Place:
    """The place carries the new words and point; its code and kind stay, since records name them."""
    organisation_id = _own_organisation(actor)
    lock(place)
    if place.kind == "plot" and not area_m2:
        raise BadInput("地块要填面积。", code="place.area", field="area_m2", help="按亩填，可以带小数。")
    if area_m2 is not None and not 1 <= area_m2 <= rules.MAX_AREA_M2:
        raise BadInput("面积要大于 0，也不会超过 15 万亩。", code="place.area", field="area_m2")
    before = {"village": place.village, "area_m2": place.area_m2, "active": place.active}
    place.village = rules.village(village)
    place.area_m2, place.name = area_m2, normalise_text(name)
    place.latitude, place.longitude, place.outline = _where(latitude, longitude, outline)
    place.farmer_id = _farmer(organisation_id, farmer_code)
    place.note, place.active = normalise_text(note, multiline=True), active
    place.variety = _variety(place.kind, variety)
    place.version += 1
    db.session.flush()
    record("place.changed", place, actor, before=before)
    return place


def draw_outline(place: Place, actor: Actor, outline: Mapping[str, Any] | None) -> list[str]:
    """The plot has the drawn outline (None takes it off), and a point where it had none; returns what to look at again."""
    _own_organisation(actor)
    lock(place)
    if place.kind != "plot":
        raise BadInput("只有地块才画边界。", code="place.outline_kind", field="corners")
    checked = rules.check_outline(outline) if outline else None
    place.outline = checked
    if checked is not None and place.latitude is None:
        point = rules.outline_centre(checked)
        place.latitude, place.longitude = point.latitude, point.longitude
    place.version += 1
    db.session.flush()
    record("place.outlined", place, actor, corners=len(checked["coordinates"][0]) - 1 if checked else 0)
    return rules.outline_warnings(checked, place.area_m2) if checked else []


def add_picture(place: Place, actor: Actor, file_id: int) -> PlacePicture:
    """The place shows the picture; at most twelve."""
    _own_organisation(actor)
    lock(place)
    taken = db.session.scalar(select(func.count()).where(PlacePicture.place_id == place.id)) or 0
    if taken >= MAX_PICTURES:
        raise BadInput(
            f"一处最多 {MAX_PICTURES} 张照片。", code="place.pictures", field="picture", help="先删去一张旧的。"
        )
    row = PlacePicture(place_id=place.id, file_id=file_id, added_at=clock.now())
    db.session.add(row)
    db.session.flush()
    record("place.pictured", place, actor, file_id=file_id)
    return row


def remove_picture(place: Place, actor: Actor, picture_id: int) -> None:
    """The place no longer shows the picture; NotFound where it does not."""
    _own_organisation(actor)
    row = db.session.scalar(
        select(PlacePicture).where(PlacePicture.place_id == place.id, PlacePicture.id == picture_id)
    )
    if row is None:
        raise NotFound("没有找到这张照片。", help="可能已经删去，请刷新页面。")
    db.session.delete(row)
    record("place.picture_removed", place, actor, file_id=row.file_id)
