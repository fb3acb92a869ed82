"""Licences after their decision: a renewal that joins on day by day, a share, and a withdrawal after a suspension."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from admin.demo import cast
from admin.demo.stage import Stage, sample_picture
from brand.licence import queries, review_service, service, sub_service, term_service
from brand.licence.rules_sub import SUBLICENCE
from brand.matrix.queries import load_by_key
from core import clock
from core.account.actor import Actor
from core.organisation.queries import get_by_code
from core.workflow.engine import fire

if TYPE_CHECKING:
    from brand.licence.models import Licence

TRIAL_ENDS = date(2026, 12, 15)


def renewal(stage: Stage) -> None:
    """Afterwards the co-op's trial licence for the smaller grade has a renewal that starts the day after it ends."""
    owner = stage.actor("coop", cast.COOP, "owner")
    clerk = stage.actor("brand", cast.BRAND_OFFICE, "brand_clerk")
    head = stage.actor("brandhead", cast.BRAND_OFFICE, "brand_decider")
    with stage.at("2026-09-18 09:00"):
        trial = _asked(owner, "linyi-apple", ("red-fuji", "apple-75"), 20_000_000, "2026-08-25")
    with stage.at("2026-09-21 10:00"):
        service.accept(trial, clerk, "材料齐全，受理。")
        visit = review_service.appoint(trial, clerk, at=clock.now() + timedelta(days=2), place="北景乡示例村 3 号地")
    with stage.at("2026-09-23 10:20"):
        review_service.record_visit(
            trial, clerk, visit.public_id, fits=True, findings="红富士约 12 亩，已套袋，地头有生产记录。",
            latitude=Decimal("35.193400"), longitude=Decimal("110.712200"), accuracy_m=9,
            pictures=[(sample_picture("现场照片（样张）", "北景乡示例村", ""), "现场.jpg")],
        )  # fmt: skip
        review_service.add_opinion(
            trial, clerk, post="果树栽培高级农艺师", conclusion="conditional",
            words="第一年用这个规格，建议先试用一季。", given_on=date(2026, 9, 23),
        )  # fmt: skip
        service.screen(trial, clerk, "实地与申请相符，专家建议先试用一季。")
    with stage.at("2026-09-25 15:00"):
        service.approve(
            trial, head, valid_from=date(2026, 9, 25), valid_until=TRIAL_ENDS, conditions="试用一季，期满前报告用标情况"
        )
    with stage.at("2026-10-12 09:00"):
        row = trial.scope[0].id
        term_service.report_use(trial, owner, "2026Q3", {row: 0}, note="9 月还没有装箱")
    with stage.at("2026-11-02 09:30"):
        case = term_service.reopen(trial, "renewal", owner)
        service.accept_rules(case, owner)
        service.submit(case, owner)
    with stage.at("2026-11-04 14:00"):
        service.screen(case, clerk, "试用期内用标与记录一致。")
    with stage.at("2026-11-06 10:00"):
        service.approve(case, head, opinion="同意续期，与原授权首尾相接。")
    stage.notes["renewal"] = str(case.public_id)


def withdrawal(stage: Stage) -> None:
    """Afterwards the jujube firm's later licence was suspended, not mended and withdrawn; its history is public."""
    owner = stage.actor("jujube", cast.JUJUBE, "owner")
    clerk = stage.actor("brand", cast.BRAND_OFFICE, "brand_clerk")
    head = stage.actor("brandhead", cast.BRAND_OFFICE, "brand_decider")
    with stage.at("2026-09-28 09:00"):
        licence = _asked(owner, "linyi-winter-jujube", ("winter-jujube", "jujube-large"), 8_000_000, "2026-09-10")
    with stage.at("2026-09-29 10:00"):
        service.screen(licence, clerk, "签约基地的证明已补齐。")
    with stage.at("2026-09-30 15:00"):
        service.approve(licence, head, opinion="同意授权。")
    with stage.at("2026-10-20 11:00"):
        service.suspend(licence, head, "抽查发现把标志用在没有授权的规格上，请在 10 个工作日内改正。")
    with stage.at("2026-11-09 10:00"):
        service.withdraw(licence, head, "暂停期间没有改正，超范围使用经核查属实。")
    stage.notes["withdrawn_licence"] = str(licence.public_id)


def share(stage: Stage) -> None:
    """Afterwards the co-op lets the supply firm pack a part under its licence; the firm accepted."""
    owner = stage.actor("coop", cast.COOP, "owner")
    partner = stage.actor("undertaker", cast.UNDERTAKER, "owner")
    with stage.at("2026-11-10 09:00"):
        assert owner.organisation_id is not None
        found = queries.licence_for(owner.organisation_id, "red-fuji", "fresh", "apple-80")
        assert found is not None
        held = queries.licence_for_actor(found.public_id, owner)
        sub = sub_service.offer(
            held, owner, partner_code=get_by_code(cast.CODES[cast.UNDERTAKER]).code, row_id=held.scope[0].id,
            grams=2_000_000, valid_from=clock.today(), valid_until=date(2027, 3, 31), note="代包装，纸箱由合作社提供",
        )  # fmt: skip
    with stage.at("2026-11-10 16:00"):
        fire(SUBLICENCE, sub, "accept", partner)


CHAPTERS = [("licence-renewal", renewal), ("licence-withdrawal", withdrawal), ("licence-share", share)]


def _asked(owner: Actor, brand: str, product: tuple[str, str], grams: int, tested_on: str) -> Licence:
    variety, specification = product
    licence = service.open_application(owner, load_by_key(brand).id)
    service.add_row(
        licence, owner, variety=variety, form="fresh", specification=specification, yearly_grams=grams, area_m2=20_000
    )
    for kind, title, values in (
        ("base", "基地证明（样张）", {"issued_on": date.fromisoformat(tested_on)}),
        ("test_report", "残留检测报告（样张）", {"issued_on": date.fromisoformat(tested_on), "issuer": "示例检测中心"}),
        ("packaging", "包装样稿（样张）", {"specification": specification}),
    ):
        picture = sample_picture(title, owner.organisation_name, "")
        service.add_evidence(licence, owner, kind=kind, stream=picture, filename=f"{title}.jpg", **values)
    service.accept_rules(licence, owner)
    service.submit(licence, owner)
    return licence
