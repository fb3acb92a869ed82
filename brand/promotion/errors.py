"""Refusals about events, places and media."""

from __future__ import annotations

from core.errors import Conflict, NotFound, register_constraint


class EventNotFound(NotFound):
    """No such event, or not one the actor may see."""

    def __init__(self) -> None:
        super().__init__("没有找到这个活动。", code="promotion.not_found", help="请从活动列表重新进入。")


class MaterialNotFound(NotFound):
    """No such material, or not one the actor may see."""

    def __init__(self) -> None:
        super().__init__("没有找到这份素材。", code="promotion.no_material", help="可能已经撤下，请从素材库重新查找。")


class AlreadyEnrolled(Conflict):
    """The enterprise has a place or waits for one already."""

    default_code = "promotion.enrolled"


TWICE = "本单位已经报过名。"
register_constraint("uq_brand_promotion_enrolment_one_live", "promotion.enrolled", TWICE, None)
SEAT_GONE = "这个展位刚刚给了别家，请再试一次。"
register_constraint("uq_brand_promotion_enrolment_event_id_seat_no", "promotion.seat_taken", SEAT_GONE, None)
register_constraint("tg_brand_promotion_seat_fits", "promotion.full", SEAT_GONE, None)
