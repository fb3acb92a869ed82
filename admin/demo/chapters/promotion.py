"""Promotion: rules of use, a fair from plan to count, an event to come, own brands and online products for K09 and K10.

Every name, place and figure is invented and says so (示例); what an enterprise reported itself stays marked as such.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from admin.demo import cast
from admin.demo.stage import Stage, sample_fruit, sample_picture
from brand.matrix import service as matrix
from brand.matrix import service_use
from brand.matrix.queries import by_key, load_by_key
from brand.nurture import service as nurture
from brand.promotion import service, service_media, service_places
from core import clock
from core.account.actor import Actor

if TYPE_CHECKING:
    from brand.promotion.models import PromotionEvent

RULES = """本规则是演示用的示例文本，不是县里发布的文件。正式文本由品牌办公室起草、审定后替换。

第一条 本规则适用于“猗顿农品”区域公用品牌，以及没有另定规则的县域品牌。
第二条 在使用地域内种植，或者与使用地域内的种植者签有收购合同，依法登记、产品合格的经营者，都可以申请使用。
第三条 申请写明品种、形态、规格和全年用量，附基地证明、检测报告和包装样稿。
第四条 品牌办公室在受理后审查材料，需要时到地头查看；经办和审定由不同的人办理。
第五条 不予授权的，书面说明理由；申请人可以申诉一次，由另一名审定人复核。
第六条 授权写明范围和期限。只在授权的品种、形态、规格和数量内用标，不转让、不出借。
第七条 包装上印经营者名称、统一社会信用代码和追溯码；图样以品牌物料手册为准，不变形、不换色。
第八条 使用人如实记录生产和销售，每季度报告用标数量，接受抽查。
第九条 超范围、超期、超量用标的，暂停使用并限期改正；逾期不改的，收回授权，结果公布。
第十条 授权到期、暂停或收回后，停止印制带标包装；已经售出的产品，追溯码仍可查询。
第十一条 本规则的修改以新版发布，自施行之日起对新的申请有效；已经授权的，到期前按原来接受的那一版。"""


def rules_of_use(stage: Stage) -> None:
    """Afterwards the first version of the rules of 猗顿农品 is published: drafted by the clerk, published by another person."""
    clerk, head = _clerk(stage), _head(stage)
    with stage.at("2026-09-03 09:30"):
        row = service_use.draft(load_by_key("yidun"), clerk)
        service_use.edit(
            row, clerk, title="猗顿农品使用管理规则（示例文本）", body=RULES, change_note="第一版",
            effective_from=date(2026, 9, 5), free=True,
        )  # fmt: skip
        service_use.propose(row, clerk)
    with stage.at("2026-09-04 15:00"):
        service_use.publish(row, head)


def fair(stage: Stage) -> None:
    """Afterwards one fair counts for K11: three enrolled for two places, one withdrew, one did not come, one reported."""
    clerk, head = _clerk(stage), _head(stage)
    coop, jujube, firm = (_owner(stage, login) for login in ("coop", "jujube", "undertaker"))
    plan: dict[str, Any] = {
        "kind": "fair", "title": "示例秋季果品展", "title_en": "Sample autumn fruit fair", "level": "municipal", "part": "joined",
        "brand_id": by_key("yidun").id, "host": "示例展览单位", "venue": "示例会展中心 2 号馆", "hours": "9:00–17:00",
        "starts_on": date(2026, 10, 17), "ends_on": date(2026, 10, 18), "capacity": 2,
        "enrol_until": datetime(2026, 10, 12, 17, tzinfo=clock.SHANGHAI),
        "introduction": "演示活动，不是真实展会。以“猗顿农品”品牌参展，摊位费由参展企业自理。",
        "introduction_en": "A sample event, no real fair. Enterprises join under the brand Yidun and pay for their own stands.",
    }  # fmt: skip
    with stage.at("2026-09-18 10:00"):
        event = service.plan(clerk, **plan)
        service.move(event, clerk, "announce")
    with stage.at("2026-09-21 09:10"):
        first = service_places.enrol(
            event, coop, goods="示例红富士 80 mm，5 kg 箱", people=3, needs="要一个 220 V 插座"
        )
    with stage.at("2026-09-22 15:40"):
        second = service_places.enrol(event, firm, goods="示例组合礼盒", people=2)
    with stage.at("2026-09-30 16:30"):
        third = service_places.enrol(event, jujube, goods="示例冬枣，2.5 kg 箱", people=2)
    with stage.at("2026-10-10 08:50"):
        service_places.withdraw(second, firm)
    with stage.at("2026-10-18 18:10"):
        service_places.present(first, clerk, came=True)
        service_places.present(third, clerk, came=False)
        for kind, title in (("notice", "参展通知"), ("photo", "展位照片"), ("attendance", "参展签到表")):
            picture = sample_picture(f"{title}（样张）", event.title, "2026-10-17")
            service.add_evidence(
                event, clerk, kind=kind, caption=f"{title}（样张）", stream=picture, filename=f"{title}.jpg",
                made_on=date(2026, 10, 17),
            )  # fmt: skip
        service.add_result(
            event, clerk, kind="visitors", quantity=420, source_kind="third", source="展馆闸机数，演示数字",
            note="全馆人数，不是本品牌展位的人数",
        )  # fmt: skip
    with stage.at("2026-10-19 09:30"):
        service.add_result(
            event,
            coop,
            kind="orders",
            quantity=36,
            amount_fen=208_800,
            source_kind="self",
            source="展位订单登记表，演示数字",
        )
        service.add_result(event, coop, kind="leads", quantity=5, source_kind="self", source="名片登记，演示数字")
    with stage.at("2026-10-20 10:00"):
        service.change(
            event, clerk, **plan,
            summary="演示活动。两个展位，一家到场，一家没有来。订单和意向客户是企业自报，没有另外核实；到场人数是展馆提供的全馆数。",
        )  # fmt: skip
        service.move(event, clerk, "hold")
    with stage.at("2026-10-21 14:20"):
        service.move(event, head, "check")
    stage.notes["fair"] = str(event.public_id)
    _picture(stage, event)


def _picture(stage: Stage, event: PromotionEvent) -> None:
    with stage.at("2026-10-22 09:00"):
        service_media.add(
            _clerk(stage), brand_id=by_key("yidun").id, kind="picture", title="苹果示意图", caption="苹果示意图，不是实物照片",
            credit="平台绘制（示例）", rights="owned", audience="public", event_id=event.public_id,
            stream=sample_fruit("apple"), filename="apple.jpg",
        )  # fmt: skip


def roadshow(stage: Stage) -> None:
    """Afterwards a roadshow stands in the calendar that has not been held yet, so it counts nowhere."""
    clerk = _clerk(stage)
    with stage.at("2026-11-16 09:00"):
        event = service.plan(
            clerk, kind="roadshow", title="示例省级特色农产品推介", title_en="Sample provincial roadshow", level="provincial",
            part="joined", host="示例主办单位", venue="示例会议中心", starts_on=date(2026, 12, 18), ends_on=date(2026, 12, 18),
            hours="14:00–16:30", introduction="演示活动，不是真实推介会。不接受企业报名，由品牌办公室介绍品牌。",
            introduction_en="A sample event, no real roadshow. Enterprises do not enrol; the brand office presents the brand.",
        )  # fmt: skip
        service.move(event, clerk, "announce")


def small_and_fine(stage: Stage) -> None:
    """Afterwards one own brand and one online product count for K09 and K10, and one product waits for its check."""
    head = _head(stage)
    coop, jujube = _owner(stage, "coop"), _owner(stage, "jujube")
    with stage.at("2026-10-26 09:00"):
        own = matrix.register_brand("linyi-apple", "示例红果", coop, introduction="演示用的企业品牌，没有注册。")
        brand = nurture.enter(coop, kind="brand", name=own.name)
        nurture.edit(
            brand, coop, name=own.name, brand_id=own.id, since=date(2026, 9, 20), link="https://shop.example.cn/honguo",
            basis="示例依据：小份装鲜果，面向家庭；基地自种、分级装箱；两枚装和六枚装；网店和社区团购各半。",
        )  # fmt: skip
        _show(brand, coop, ("registration", "商标受理通知书"), ("photo", "产品和包装照片"), ("page", "店铺页面截图"))
        nurture.move(brand, coop, "submit")
        product = _product(coop, "示例苹果脆片 60 g 袋装", date(2026, 10, 8))
    with stage.at("2026-10-28 15:00"):
        for entry in (brand, product):
            nurture.move(entry, head, "count", "演示核对：材料齐全，网址是示例，没有打开真实页面。")
    with stage.at("2026-11-17 10:30"):
        _product(jujube, "示例冻干枣片 80 g 罐装", date(2026, 11, 1))


def _product(owner: Actor, name: str, since: date) -> Any:
    entry = nurture.enter(owner, kind="product", name=name)
    nurture.edit(
        entry, owner, name=name, since=since, link="https://shop.example.cn/goods",
        basis="示例依据：鲜果加工成便于快递的小包装；原料来自自有基地；袋上印追溯码；在网店零售。",
    )  # fmt: skip
    _show(entry, owner, ("photo", "产品和包装照片"), ("page", "商品页面截图"))
    nurture.move(entry, owner, "submit")
    return entry


def _show(entry: Any, owner: Actor, *given: tuple[str, str]) -> None:
    for kind, title in given:
        picture = sample_picture(f"{title}（样张）", entry.name, owner.organisation_name)
        nurture.add_evidence(
            entry, owner, kind=kind, stream=picture, filename=f"{title}.jpg", caption=f"{title}（样张）"
        )


def _clerk(stage: Stage) -> Actor:
    return stage.actor("brand", cast.BRAND_OFFICE, "brand_clerk")


def _head(stage: Stage) -> Actor:
    return stage.actor("brandhead", cast.BRAND_OFFICE, "brand_decider")


def _owner(stage: Stage, login: str) -> Actor:
    name = {"coop": cast.COOP, "jujube": cast.JUJUBE, "undertaker": cast.UNDERTAKER}[login]
    return stage.actor(login, name, "owner")


def figures(_stage: Stage) -> None:
    """Afterwards the figures of the brand pages are counted once, on the day the story is told."""
    matrix.count_figures(clock.now())


CHAPTERS = [("fair", fair), ("roadshow", roadshow), ("nurture", small_and_fine)]
LAST = [("brand-figures", figures)]
