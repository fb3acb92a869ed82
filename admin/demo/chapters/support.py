"""Support: policies that say they are samples, a claim up to the payment list, one in publicity, one waiting, one that cannot be sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from admin.demo import cast
from admin.demo.chapters import residence
from admin.demo.chapters.residence import SHEET, YUAN, owner_of
from admin.demo.chapters.town import publish_notice
from admin.demo.stage import Stage, sample_picture
from admin.support import queries, rules, service
from admin.support.models import Claim
from admin.support.rules import Rule
from core.account.actor import Actor

# Invented for the demo: the plan promises support of these kinds and names no figure.
SAMPLE = "示例文本，不是县里发布的文件；比例和金额是演示用的"
POLICIES = (
    (Rule("rent", percent_bp=5_000, cap_fen=3_000 * YUAN, needs_lease=True), "示例房租补贴办法"),
    (Rule("innovation", unit_fen=500 * YUAN, most_units=4), "示例自主创新奖励办法"),
    (Rule("performance", tiers=((200_000 * YUAN, 2_000 * YUAN), (500_000 * YUAN, 6_000 * YUAN))), "示例电商经营业绩奖励办法"),
)  # fmt: skip
Q3 = rules.quarter(2026, 3)


def policies(stage: Stage) -> None:
    """Afterwards three sample policies are published for the second half of the year."""
    head = stage.actor("director", cast.OFFICE, "office_head")
    with stage.at("2026-09-03 16:00"):
        for rule, title in POLICIES:
            service.publish(
                head, rule=rule, title=title, document=SAMPLE, from_on=date(2026, 7, 1), until_on=date(2026, 12, 31)
            )


def rent(stage: Stage) -> None:
    """Afterwards the rent of September, taken from the lease, was claimed, publicised without objection and put on the payment list."""
    shop, clerk, head = _people(stage)
    with stage.at("2026-10-09 09:30"):
        claim = _open(shop, "rent")
        service.move(claim, "submit", shop)
    with stage.at("2026-10-10 10:00"):  # a Saturday that is a working day
        service.move(claim, "review", clerk)
    with stage.at("2026-10-12 10:00"):
        service.move(claim, "decide", head)
    with stage.at("2026-10-12 15:00"):
        publish_notice(stage, claim)
    with stage.at("2026-10-20 09:00"):  # 12 October + 5 working days = 19 October
        service.move(claim, "send", stage.actor("commerce2", cast.COMMERCE, "commerce_clerk"))
    stage.notes["support_listed"] = str(claim.public_id)


def innovation(stage: Stage) -> None:
    """Afterwards a claim for two new products, sent back once for a date, is in publicity."""
    shop, clerk, head = _people(stage)
    with stage.at("2026-11-17 10:00"):
        claim = _open(shop, "innovation", 2, "新品清单（样张）")
        service.move(claim, "submit", shop)
    with stage.at("2026-11-18 09:40"):
        service.move(claim, "return", clerk, "清单上两款新品没有写上市日期，请补上再传。")
    with stage.at("2026-11-18 17:20"):
        service.fill_in(claim, shop, stated=2, file=_paper("新品清单（样张，已补日期）", shop))
        service.move(claim, "submit", shop)
    with stage.at("2026-11-19 10:10"):
        service.move(claim, "review", clerk)
    with stage.at("2026-11-24 10:00"):
        service.move(claim, "decide", head)
    with stage.at("2026-11-24 15:00"):
        stage.notes["support_notice"] = str(publish_notice(stage, claim).public_id)
    stage.notes["support_claim"] = str(claim.public_id)


def performance(stage: Stage) -> None:
    """Afterwards one claim for online sales waits for the clerk, and the co-op's draft says why it cannot be sent."""
    shop, _clerk, _head = _people(stage)
    with stage.at("2026-11-25 16:30"):
        service.move(_open(shop, "performance", 236_000 * YUAN, "平台对账单（样张）"), "submit", shop)
    with stage.at("2026-11-26 09:10"):
        draft = _open(owner_of(stage, "coop"), "performance", 90_000 * YUAN)
    stage.notes["support_unmet"] = str(draft.public_id)


def _people(stage: Stage) -> tuple[Actor, Actor, Actor]:
    return (
        owner_of(stage, "shop"),
        stage.actor("office", cast.OFFICE, "office_clerk"),
        stage.actor("director", cast.OFFICE, "office_head"),
    )


def _open(owner: Actor, kind: str, stated: int | None = None, paper: str = "") -> Claim:
    version = queries.in_force(kind, Q3[1])
    assert version is not None
    return service.open_claim(version, owner, period=Q3, stated=stated, file=_paper(paper, owner) if paper else None)


def _paper(title: str, owner: Actor) -> tuple[bytes, str]:
    return sample_picture(title, owner.organisation_name, "2026 年第三季度", size=SHEET), f"{title}.jpg"


CHAPTERS: list[tuple[str, Callable[[Stage], None]]] = [
    ("support-policies", policies),
    ("support-rent", rent),
    ("identity-change", residence.renamed),
    ("support-innovation", innovation),
    ("support-performance", performance),
]
