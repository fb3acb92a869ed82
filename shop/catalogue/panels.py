"""The "buy again" panel of the scan page."""

from __future__ import annotations

from core import clock
from core.hooks import Panel
from core.money import yuan
from shop.catalogue import queries, rules
from shop.stock import queries as stock


def buy_again(*, lot_id: int, item_id: int, organisation_id: int, lang: str) -> Panel | None:  # noqa: ARG001
    """Where the same goods are on sale and something is left; nothing otherwise, and never for a stopped lot."""
    if lot_id in stock.open_holds([lot_id]):
        return None
    found = queries.published_of_item(item_id)
    if found is None:
        return None
    listing, variant = found
    pieces = stock.counts([item_id], clock.today())[item_id]
    if pieces <= 0:
        return None
    per_jin = rules.unit_price_text(variant.price_fen, variant.net_g)
    url = f"/p/{listing.public_id}?v={variant.public_id}"
    if lang == "en":
        line = f"CNY {yuan(variant.price_fen)} per box, {rules.kg_text(variant.net_g)} kg net"
        return Panel(
            "buy_again", "Buy again", (listing.title, line), (("Open the product", url),), "self", variant.price_fen
        )
    line = f"{yuan(variant.price_fen)} 元/{variant.unit}，合 {per_jin} 元/斤（净重 {rules.kg_text(variant.net_g)} kg）"
    return Panel(
        "buy_again", f"再买一{variant.unit}", (listing.title, line), (("看商品", url),), "self", variant.price_fen
    )
