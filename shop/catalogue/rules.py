"""Listing workflow, unit price and guards (pure).  Wording is in ``rules_wording``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.errors import Unmet
from core.workflow.table import Move, State, Workflow

GRAMS_PER_JIN = 500
PERISHABLE = "鲜活易腐商品，不适用七日无理由退货"
PERISHABLE_ARTICLE = "消费者权益保护法 第二十五条"
DEAL_WINDOW = timedelta(days=7)
MAX_PRICE_FEN = 10_000_000


@dataclass(frozen=True, slots=True)
class VariantFacts:
    label: str
    price_fen: int
    net_g: int
    active: bool


@dataclass(frozen=True, slots=True)
class ListingFacts:
    """What the guards of a listing look at."""

    title: str
    origin: str
    description: str
    dispatch_note: str
    claim_hours: int
    claim_terms: str
    perishable: bool
    pictures: int
    seller_active: bool
    variants: Sequence[VariantFacts]
    unborne: Sequence[Unmet] = ()


def _article_13(message: str, rule: str, help: str) -> Unmet:
    return Unmet(f"catalogue.listing.{rule}", message, article="价格法 第十三条", help=help, who="经办员")


def price_tag_complete(facts: ListingFacts) -> list[Unmet]:
    """价格法 art.13, 明码标价规定 art.7: name, origin, specification, unit and a price for each specification."""
    unmet = []
    if not facts.title.strip():
        unmet.append(_article_13("缺少品名。", "title", "写明品种和等级，例如“富士苹果，一等品”。"))
    if not facts.origin.strip():
        unmet.append(_article_13("缺少产地。", "origin", "写到乡镇，例如“产自临猗县北景乡”。"))
    live = [v for v in facts.variants if v.active]
    if not live:
        unmet.append(_article_13("还没有可售规格。", "variant", "至少添加一个规格并定价。"))
    unmet += [
        _article_13(f"规格“{v.label}”没有价格。", "price", "填写每箱价格，单位元。") for v in live if v.price_fen <= 0
    ]
    unmet += [
        _article_13(f"规格“{v.label}”没有净重，算不出每斤价。", "net", "补上净重。") for v in live if v.net_g <= 0
    ]
    return unmet


def terms_complete(facts: ListingFacts) -> list[Unmet]:
    """电子商务法 art.17, 消费者权益保护法 art.25 and 28: dispatch and after-sale terms are told before payment."""
    unmet = []
    if not facts.dispatch_note.strip():
        unmet.append(
            Unmet(
                "catalogue.listing.dispatch",
                "缺少发货说明。",
                "电子商务法 第二十条",
                "写明几点前付款当天发、多久送到。",
                "经办员",
            )
        )
    if facts.perishable and (facts.claim_hours < 24 or not facts.claim_terms.strip()):
        unmet.append(
            Unmet(
                "catalogue.listing.claim",
                "鲜活易腐商品要写明坏果包赔的办法，申请时间不少于签收后 24 小时。",
                PERISHABLE_ARTICLE,
                "填写可申请的小时数和赔付办法。",
                "经办员",
            )
        )
    return unmet


def seller_shown(facts: ListingFacts) -> list[Unmet]:
    """电子商务法 art.15: only a seller whose licence is checked and shown may offer."""
    if facts.seller_active:
        return []
    return [
        Unmet(
            "catalogue.listing.seller",
            "企业入驻还没有通过，营业执照未公示。",
            "电子商务法 第十五条",
            "入驻审核通过后再提交。",
            "e镇办经办",
        )
    ]


def marks_borne_out(facts: ListingFacts) -> list[Unmet]:
    """农产品质量安全法 art.42: words that claim a mark need a certificate in force that covers each of the goods."""
    return list(facts.unborne)


LISTING = Workflow(
    key="shop.listing",
    label="商品上架",
    article="电子商务法 第二十七条",
    states=[
        State("draft", "草稿", "todo"),
        State("submitted", "待审核", "busy"),
        State("published", "销售中", "ok"),
        State("withdrawn", "已下架", "none"),
    ],
    initial="draft",
    moves=[
        Move(
            "submit",
            "提交审核",
            ["draft"],
            "submitted",
            "shop.catalogue.edit",
            by="owner",
            guards=[price_tag_complete, terms_complete, seller_shown, marks_borne_out],
            who="企业负责人或经办员",
        ),
        Move("return", "退回修改", ["submitted"], "draft", "shop.catalogue.review", reason=True, who="e镇办经办"),
        Move(
            "publish",
            "审核通过并上架",
            ["submitted"],
            "published",
            "shop.catalogue.review",
            guards=[price_tag_complete, terms_complete, seller_shown, marks_borne_out],
            not_same_person_as=["submit"],
            who="e镇办经办",
        ),
        Move(
            "withdraw", "下架", ["published"], "withdrawn", "shop.catalogue.edit", by="owner", who="企业负责人或经办员"
        ),
        Move(
            "take_down", "责令下架", ["published"], "withdrawn", "shop.catalogue.review", reason=True, who="e镇办经办"
        ),
        Move("reopen", "改回草稿", ["withdrawn"], "draft", "shop.catalogue.edit", by="owner", who="企业负责人或经办员"),
    ],
)


def fen_per_jin(price_fen: int, net_g: int) -> int:
    """Price of one 斤 in 分, half up; ``net_g`` must be positive."""
    if net_g <= 0:
        raise ValueError("net weight must be positive")
    return (price_fen * GRAMS_PER_JIN * 2 + net_g) // (2 * net_g)


def unit_price_text(price_fen: int, net_g: int) -> str:
    """``5.98`` of 元/斤, or empty where the net weight is unknown."""
    if net_g <= 0:
        return ""
    fen = fen_per_jin(price_fen, net_g)
    return f"{fen // 100}.{fen % 100:02d}"


def jin_text(net_g: int) -> str:
    """Net weight in 斤 without needless zeros: 2500 g is ``5``, 1250 g is ``2.5``."""
    return f"{net_g / GRAMS_PER_JIN:.2f}".rstrip("0").rstrip(".")


def kg_text(net_g: int) -> str:
    """Net weight in kg without needless zeros."""
    return f"{net_g / 1000:.3f}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class Deal:
    """One price at which a variant was really sold."""

    at: datetime
    price_fen: int


def reference_price(deals: Sequence[Deal], now: datetime) -> int | None:
    """The highest price that may be struck through (明码标价规定 art.16).

    The lowest deal price of the seven days before ``now``; without a deal in them the last deal; none without any.
    """
    before = [d for d in deals if d.at < now]
    recent = [d.price_fen for d in before if d.at >= now - DEAL_WINDOW]
    if recent:
        return min(recent)
    return max(before, key=lambda d: d.at).price_fen if before else None


def storage_days(harvested_on: date | None, today: date) -> int | None:
    """Days since harvest, none where the harvest day is not stated or lies ahead."""
    if harvested_on is None or harvested_on > today:
        return None
    return (today - harvested_on).days
