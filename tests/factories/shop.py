"""Rows the shop stands on, made directly: a sealed packed lot, its stock, a published listing.

The whole way through the services (season, sealing, review) is walked by the browser journey and the demo story; these
factories give the shop's own tests what they decide on, and nothing else.
"""

from __future__ import annotations

import itertools
import uuid
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, text

from core import clock
from core.db import db
from core.place.models import Place
from core.taxonomy.models import Term
from shop.catalogue.models import Listing, PriceChange, Variant
from shop.payment.models import ReceivingAccount
from shop.stock.models import StockMove, StockRow
from trace.item.models import Item
from trace.lot.models import Lot

_numbers = itertools.count(1)


def _term(kind: str) -> str:
    code = db.session.scalar(select(Term.code).where(Term.kind == kind).order_by(Term.code).limit(1))
    assert code is not None, f"no taxonomy term of kind {kind}"
    return str(code)


def make_item(organisation_id: int, *, net_g: int = 5000, name: str = "示例富士苹果") -> Item:
    """A packed trade item under its owner's own code."""
    item = Item(
        organisation_id=organisation_id, key_kind="own", gtin=None, own_code=f"IT-{next(_numbers)}", name=name,
        species=_term("species"), variety=_term("variety"), form=_term("form"), level="box", net_content_g=net_g,
        specification=_term("specification"), grade=None, shelf_life_days=90,
    )  # fmt: skip
    db.session.add(item)
    db.session.flush()
    return item


def make_lot(item: Item, *, pieces: int = 100, best_before: date | None = None, state: str = "sealed") -> Lot:
    """A packed lot in the given state (set beside the engine: how it got there is not this test's matter)."""
    number = next(_numbers)
    lot = Lot(
        organisation_id=item.organisation_id, item_id=item.id, lot_no=f"2610{number:04d}", producer_id=item.organisation_id,
        holder_id=item.organisation_id, sealer_id=item.organisation_id, unit="piece", pieces=pieces,
        mass_g=pieces * item.net_content_g, made_on=clock.today() - timedelta(days=20), place_id=None,
        best_before=best_before, brix=None,
    )  # fmt: skip
    db.session.add(lot)
    db.session.flush()
    db.session.execute(text("update trace_lot_lot set state = :s where id = :i"), {"s": state, "i": lot.id})
    db.session.refresh(lot)
    return lot


def make_site(organisation_id: int) -> Place:
    """A cold store."""
    place = Place(
        organisation_id=organisation_id, farmer_id=organisation_id, kind="store", code=f"LK-{next(_numbers)}", name="示例冷库",
        village="示例镇示例村", area_m2=None, latitude=None, longitude=None, outline=None,
    )  # fmt: skip
    db.session.add(place)
    db.session.flush()
    return place


def make_stock(
    lot: Lot, *, on_hand: int, site: Place | None = None, licence_until: date | None = date(2030, 12, 31)
) -> StockRow:
    """Pieces of a lot on hand, with the movement that brought them."""
    place = site or make_site(lot.organisation_id)
    row = StockRow(
        organisation_id=lot.organisation_id, item_id=lot.item_id, lot_id=lot.id, site_id=place.id, on_hand=on_hand,
        reserved=0, lot_no=lot.lot_no, pieces=lot.pieces or 0, record_id=str(uuid.uuid4()),
        harvested_on=lot.made_on - timedelta(days=5), expires_on=lot.best_before, licence_until=licence_until,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    db.session.add(
        StockMove(
            stock_id=row.id, kind="receive", on_hand_change=on_hand, once_key=f"test:{uuid.uuid4()}", at=clock.now()
        )
    )
    db.session.flush()
    return row


def make_listing(
    organisation_id: int,
    item: Item,
    *,
    price_fen: int = 5980,
    state: str = "published",
    cap: int | None = None,
    **fields: Any,
) -> tuple[Listing, Variant]:
    """A listing with one variant, in the given state (set beside the engine)."""
    values = {
        "title": "富士苹果，一等品", "origin": "产自临猗县示例镇", "dispatch_note": "16:00 前付款，当天发出",
        "claim_terms": "拍照申请，按枚退款，不用寄回", "freight_fen": 800, **fields,
    }  # fmt: skip
    listing = Listing(organisation_id=organisation_id, **values)
    db.session.add(listing)
    db.session.flush()
    variant = Variant(
        listing_id=listing.id, item_id=item.id, size_label="80–85 mm", net_g=item.net_content_g, price_fen=price_fen,
        cap_per_buyer=cap,
    )  # fmt: skip
    db.session.add(variant)
    db.session.flush()
    db.session.add(PriceChange(variant_id=variant.id, price_fen=price_fen, at=clock.now()))
    if state != "draft":
        db.session.execute(
            text("update shop_catalogue_listing set state = :s, published_at = :n where id = :i"),
            {"s": state, "n": clock.now(), "i": listing.id},
        )
    db.session.flush()
    db.session.refresh(listing)
    return listing, variant


def make_account(
    organisation_id: int, *, name: str = "示例合作社", transfer: bool = True, cash: bool = True
) -> ReceivingAccount:
    """How a seller is paid."""
    account = ReceivingAccount(organisation_id=organisation_id, cash_on_delivery=cash)
    if transfer:
        account.account_name, account.bank, account.account_no = name, "示例银行临猗支行", "6200000000000001"
    db.session.add(account)
    db.session.flush()
    return account
