"""The brand matrix; one enterprise is licensed, another refused with its reasons."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from admin.demo import cast
from admin.demo.stage import Stage, sample_picture
from brand.licence import service
from brand.matrix.queries import load_by_key
from brand.matrix.service import establish_matrix
from core.account.actor import Actor

if TYPE_CHECKING:
    from brand.licence.models import Licence


def matrix(stage: Stage) -> None:
    """Afterwards 猗顿农品 and its two county brands stand as data."""
    with stage.at("2026-09-02 10:30"):
        establish_matrix(stage.actor("brandhead", cast.BRAND_OFFICE, "brand_decider"))


def licences(stage: Stage) -> None:
    """Afterwards the co-op holds a licence for 临猗苹果; the jujube firm's application is refused."""
    clerk = stage.actor("brand", cast.BRAND_OFFICE, "brand_clerk")
    head = stage.actor("brandhead", cast.BRAND_OFFICE, "brand_decider")
    with stage.at("2026-09-10 09:20"):
        good = _apply(stage.actor("coop", cast.COOP, "owner"), "linyi-apple", "red-fuji", "apple-80", "2026-08-25")
    with stage.at("2026-09-14 10:00"):
        service.screen(good, clerk, "基地在县域内，残留检测在有效期内。")
    with stage.at("2026-09-16 15:30"):
        service.approve(good, head, opinion="同意授权，范围与申请一致。")
    with stage.at("2026-09-10 14:00"):
        weak = _apply(
            stage.actor("jujube", cast.JUJUBE, "owner"),
            "linyi-winter-jujube",
            "winter-jujube",
            "jujube-large",
            "2026-08-20",
        )
    with stage.at("2026-09-15 09:30"):
        service.advise_against(weak, clerk, "基地证明写的是收购点，不是种植基地，申请范围没有对应的生产地。")
    with stage.at("2026-09-17 10:00"):
        service.refuse(
            weak,
            head,
            "申请的大果冬枣没有对应的种植基地，不符合使用条件第二条。补齐基地证明，或改由签约合作社申请后，可以再次提出。",
            grounds=("origin",),
        )


def _apply(owner: Actor, brand: str, variety: str, specification: str, tested_on: str) -> Licence:
    licence = service.open_application(owner, load_by_key(brand).id)
    service.add_row(
        licence,
        owner,
        variety=variety,
        form="fresh",
        specification=specification,
        yearly_grams=60_000_000,
        area_m2=80_000,
    )
    for kind, title in (
        ("base", "基地证明（样张）"),
        ("test_report", "残留检测报告（样张）"),
        ("packaging", "包装样稿（样张）"),
    ):
        service.add_evidence(
            licence,
            owner,
            kind=kind,
            stream=sample_picture(title, owner.organisation_name, "示例检测中心" if kind == "test_report" else ""),
            filename=f"{title}.jpg",
            issuer="示例检测中心" if kind == "test_report" else "",
            issued_on=date.fromisoformat(tested_on) if kind != "packaging" else None,
            specification=specification if kind == "packaging" else None,
        )
    service.accept_rules(licence, owner)
    service.submit(licence, owner)
    return licence
