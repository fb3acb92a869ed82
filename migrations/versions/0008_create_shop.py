"""Shop tables: stock, catalogue, hosts, carts, payments, orders; what is frozen is kept by triggers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Movements, prices and order lines are history: a mistake is set right by a new row, never by changing an old one.
APPEND_ONLY = ("shop_stock_move", "shop_catalogue_price_change", "shop_order_line")
TABLES = (
    "shop_payment_payment",
    "shop_payment_account",
    "shop_payment_share",
    "shop_catalogue_listing",
    "shop_catalogue_variant",
    "shop_catalogue_picture",
    "shop_catalogue_price_change",
    "shop_livestream_host",
    "shop_livestream_link",
    "shop_cart_cart",
    "shop_cart_line",
    "shop_checkout_checkout",
    "shop_stock_row",
    "shop_stock_move",
    "shop_stock_reservation",
    "shop_stock_hold",
    "shop_order_order",
    "shop_order_line",
)

# A reservation's stock row, quantity and holder never change; only its state and its end do.
RESERVATION_GUARD = """
create function shop_stock_reservation_guard() returns trigger language plpgsql as $$
begin
  if new.holder <> old.holder or new.stock_id <> old.stock_id or new.quantity <> old.quantity
     or (old.state <> 'held' and new.state <> old.state) then
    raise exception 'a reservation is neither rewritten nor reopened' using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger tr_shop_stock_reservation_guard before update on shop_stock_reservation
  for each row execute function shop_stock_reservation_guard();
"""
# Price, sums, buyer and terms of an order are frozen at the moment of ordering.
ORDER_GUARD = """
create function shop_order_frozen() returns trigger language plpgsql as $$
begin
  if (new.order_no, new.token, new.organisation_id, new.method, new.goods_fen, new.freight_fen, new.total_fen,
      new.placed_at, new.buyer_digest, new.claim_hours, new.claim_terms, new.perishable)
     is distinct from
     (old.order_no, old.token, old.organisation_id, old.method, old.goods_fen, old.freight_fen, old.total_fen,
      old.placed_at, old.buyer_digest, old.claim_hours, old.claim_terms, old.perishable) then
    raise exception 'a placed order keeps its terms' using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger tr_shop_order_order_frozen before update on shop_order_order
  for each row execute function shop_order_frozen();
"""


def upgrade() -> None:
    """Create the tables, triggers and CHECKs of this step."""
    _payment()
    _catalogue()
    _host()
    _cart()
    _stock()
    _order()
    _order_line()
    for table in APPEND_ONLY:
        op.execute(
            f"create trigger tr_{table}_append_only before update or delete on {table} "
            "for each row execute function core_refuse_change()"
        )
    op.execute(RESERVATION_GUARD)
    op.execute(ORDER_GUARD)


def downgrade() -> None:
    """Drop what :func:`upgrade` made."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("drop function shop_stock_reservation_guard()")
    op.execute("drop function shop_order_frozen()")


def _payment() -> None:
    op.create_table(
        "shop_payment_payment",
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("refunded_fen", sa.BigInteger(), nullable=False),
        sa.Column("once_key", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("redirect_url", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refund_reference", sa.Text(), nullable=False),
        sa.Column("refunded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "state in ('pending','paid','refund_due','refunded','cancelled')",
            name=op.f("ck_shop_payment_payment_state"),
        ),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_shop_payment_payment_amount")),
        sa.CheckConstraint("refunded_fen between 0 and amount_fen", name=op.f("ck_shop_payment_payment_refunded")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_payment_payment")),
        sa.UniqueConstraint("once_key", name=op.f("uq_shop_payment_payment_once_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_shop_payment_payment_public_id")),
    )
    op.create_index(op.f("ix_shop_payment_payment_state"), "shop_payment_payment", ["state"], unique=False)
    op.create_index(
        "uq_shop_payment_payment_reference",
        "shop_payment_payment",
        ["method", "reference"],
        unique=True,
        postgresql_where=sa.text("reference <> '' and method not in ('transfer','cod')"),
    )
    op.create_table(
        "shop_payment_account",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("bank", sa.Text(), nullable=False),
        sa.Column("account_no", sa.Text(), nullable=False),
        sa.Column("cash_on_delivery", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_shop_payment_account_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_payment_account")),
        sa.UniqueConstraint("organisation_id", name=op.f("uq_shop_payment_account_organisation_id")),
    )
    op.create_table(
        "shop_payment_share",
        sa.Column("payment_id", sa.BigInteger(), nullable=False),
        sa.Column("order_key", sa.Uuid(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("amount_fen > 0", name=op.f("ck_shop_payment_share_amount")),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["shop_payment_payment.id"],
            name=op.f("fk_shop_payment_share_payment_id_shop_payment_payment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_payment_share")),
        sa.UniqueConstraint("payment_id", "order_key", name=op.f("uq_shop_payment_share_payment_id_order_key")),
    )
    op.create_index(op.f("ix_shop_payment_share_order_key"), "shop_payment_share", ["order_key"], unique=False)


def _catalogue() -> None:
    op.create_table(
        "shop_catalogue_listing",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("dispatch_note", sa.Text(), nullable=False),
        sa.Column("delivery_note", sa.Text(), nullable=False),
        sa.Column("freight_fen", sa.BigInteger(), nullable=False),
        sa.Column("perishable", sa.Boolean(), nullable=False),
        sa.Column("claim_hours", sa.BigInteger(), nullable=False),
        sa.Column("claim_terms", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "state in ('draft','submitted','published','withdrawn')", name=op.f("ck_shop_catalogue_listing_state")
        ),
        sa.CheckConstraint("claim_hours between 0 and 720", name=op.f("ck_shop_catalogue_listing_claim_hours")),
        sa.CheckConstraint("freight_fen >= 0", name=op.f("ck_shop_catalogue_listing_freight")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_shop_catalogue_listing_organisation_id_core_organisation_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_catalogue_listing")),
        sa.UniqueConstraint("public_id", name=op.f("uq_shop_catalogue_listing_public_id")),
    )
    op.create_index(op.f("ix_shop_catalogue_listing_kind"), "shop_catalogue_listing", ["kind"], unique=False)
    op.create_index(
        op.f("ix_shop_catalogue_listing_organisation_id"), "shop_catalogue_listing", ["organisation_id"], unique=False
    )
    op.create_index(
        op.f("ix_shop_catalogue_listing_published_at"), "shop_catalogue_listing", ["published_at"], unique=False
    )
    op.create_index(op.f("ix_shop_catalogue_listing_state"), "shop_catalogue_listing", ["state"], unique=False)
    op.create_table(
        "shop_catalogue_variant",
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("size_label", sa.Text(), nullable=False),
        sa.Column("net_g", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("cap_per_buyer", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("cap_per_buyer is null or cap_per_buyer > 0", name=op.f("ck_shop_catalogue_variant_cap")),
        sa.CheckConstraint("net_g > 0", name=op.f("ck_shop_catalogue_variant_net")),
        sa.CheckConstraint("price_fen > 0", name=op.f("ck_shop_catalogue_variant_price")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["trace_item_item.id"], name=op.f("fk_shop_catalogue_variant_item_id_trace_item_item")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"],
            ["shop_catalogue_listing.id"],
            name=op.f("fk_shop_catalogue_variant_listing_id_shop_catalogue_listing"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_catalogue_variant")),
        sa.UniqueConstraint("listing_id", "item_id", name=op.f("uq_shop_catalogue_variant_listing_id_item_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_shop_catalogue_variant_public_id")),
    )
    op.create_index(op.f("ix_shop_catalogue_variant_item_id"), "shop_catalogue_variant", ["item_id"], unique=False)
    op.create_table(
        "shop_catalogue_picture",
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file_file.id"], name=op.f("fk_shop_catalogue_picture_file_id_core_file_file")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"],
            ["shop_catalogue_listing.id"],
            name=op.f("fk_shop_catalogue_picture_listing_id_shop_catalogue_listing"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_catalogue_picture")),
        sa.UniqueConstraint("listing_id", "file_id", name=op.f("uq_shop_catalogue_picture_listing_id_file_id")),
    )
    op.create_table(
        "shop_catalogue_price_change",
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("price_fen > 0", name=op.f("ck_shop_catalogue_price_change_price")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_account_user.id"], name=op.f("fk_shop_catalogue_price_change_user_id_core_account_user")
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"],
            ["shop_catalogue_variant.id"],
            name=op.f("fk_shop_catalogue_price_change_variant_id_shop_catalogue_variant"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_catalogue_price_change")),
    )
    op.create_index(
        "ix_shop_catalogue_price_change_variant", "shop_catalogue_price_change", ["variant_id", "at"], unique=False
    )


def _host() -> None:
    op.create_table(
        "shop_livestream_host",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("stage_name", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("promise", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "platform in ('douyin','kuaishou','shipinhao','taobao','other')",
            name=op.f("ck_shop_livestream_host_platform"),
        ),
        sa.CheckConstraint(
            "state in ('draft','submitted','approved','suspended')", name=op.f("ck_shop_livestream_host_state")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_shop_livestream_host_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_account_user.id"], name=op.f("fk_shop_livestream_host_user_id_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_livestream_host")),
        sa.UniqueConstraint("public_id", name=op.f("uq_shop_livestream_host_public_id")),
        sa.UniqueConstraint("user_id", name=op.f("uq_shop_livestream_host_user_id")),
    )
    op.create_index(op.f("ix_shop_livestream_host_state"), "shop_livestream_host", ["state"], unique=False)
    op.create_table(
        "shop_livestream_link",
        sa.Column("host_id", sa.BigInteger(), nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["host_id"], ["shop_livestream_host.id"], name=op.f("fk_shop_livestream_link_host_id_shop_livestream_host")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"],
            ["shop_catalogue_listing.id"],
            name=op.f("fk_shop_livestream_link_listing_id_shop_catalogue_listing"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_livestream_link")),
        sa.UniqueConstraint("public_id", name=op.f("uq_shop_livestream_link_public_id")),
        sa.UniqueConstraint("token", name=op.f("uq_shop_livestream_link_token")),
    )
    op.create_index(op.f("ix_shop_livestream_link_listing_id"), "shop_livestream_link", ["listing_id"], unique=False)
    op.create_index(
        "uq_shop_livestream_link_open",
        "shop_livestream_link",
        ["host_id", "listing_id"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )


def _cart() -> None:
    op.create_table(
        "shop_cart_cart",
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_account_user.id"], name=op.f("fk_shop_cart_cart_user_id_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_cart_cart")),
        sa.UniqueConstraint("public_id", name=op.f("uq_shop_cart_cart_public_id")),
    )
    op.create_table(
        "shop_cart_line",
        sa.Column("cart_id", sa.BigInteger(), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("seen_price_fen", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("quantity between 1 and 999", name=op.f("ck_shop_cart_line_quantity")),
        sa.ForeignKeyConstraint(
            ["cart_id"],
            ["shop_cart_cart.id"],
            name=op.f("fk_shop_cart_line_cart_id_shop_cart_cart"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"],
            ["shop_catalogue_variant.id"],
            name=op.f("fk_shop_cart_line_variant_id_shop_catalogue_variant"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_cart_line")),
        sa.UniqueConstraint("cart_id", "variant_id", name=op.f("uq_shop_cart_line_cart_id_variant_id")),
    )
    op.create_table(
        "shop_checkout_checkout",
        sa.Column("once_key", sa.Text(), nullable=False),
        sa.Column("cart_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["cart_id"],
            ["shop_cart_cart.id"],
            name=op.f("fk_shop_checkout_checkout_cart_id_shop_cart_cart"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_account_user.id"], name=op.f("fk_shop_checkout_checkout_user_id_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_checkout_checkout")),
        sa.UniqueConstraint("once_key", name=op.f("uq_shop_checkout_checkout_once_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_shop_checkout_checkout_public_id")),
    )


def _stock() -> None:
    op.create_table(
        "shop_stock_row",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("site_id", sa.BigInteger(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("lot_no", sa.Text(), nullable=False),
        sa.Column("pieces", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("harvested_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("licence_until", sa.Date(), nullable=True),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("reserved >= 0 and reserved <= on_hand", name=op.f("ck_stock_not_negative")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["trace_item_item.id"], name=op.f("fk_shop_stock_row_item_id_trace_item_item")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["trace_lot_lot.id"], name=op.f("fk_shop_stock_row_lot_id_trace_lot_lot")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_shop_stock_row_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["core_place_place.id"], name=op.f("fk_shop_stock_row_site_id_core_place_place")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_stock_row")),
        sa.UniqueConstraint(
            "lot_id", "site_id", "organisation_id", name=op.f("uq_shop_stock_row_lot_id_site_id_organisation_id")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_shop_stock_row_public_id")),
    )
    op.create_index(op.f("ix_shop_stock_row_item_id"), "shop_stock_row", ["item_id"], unique=False)
    op.create_index(op.f("ix_shop_stock_row_organisation_id"), "shop_stock_row", ["organisation_id"], unique=False)
    op.create_table(
        "shop_stock_move",
        sa.Column("stock_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("on_hand_change", sa.BigInteger(), nullable=False),
        sa.Column("reserved_change", sa.BigInteger(), nullable=False),
        sa.Column("once_key", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "kind in ('receive','reserve','release','ship','adjust')", name=op.f("ck_shop_stock_move_kind")
        ),
        sa.CheckConstraint("on_hand_change <> 0 or reserved_change <> 0", name=op.f("ck_shop_stock_move_something")),
        sa.ForeignKeyConstraint(
            ["stock_id"], ["shop_stock_row.id"], name=op.f("fk_shop_stock_move_stock_id_shop_stock_row")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_account_user.id"], name=op.f("fk_shop_stock_move_user_id_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_stock_move")),
        sa.UniqueConstraint("once_key", name=op.f("uq_shop_stock_move_once_key")),
    )
    op.create_index(op.f("ix_shop_stock_move_stock_id"), "shop_stock_move", ["stock_id"], unique=False)
    op.create_table(
        "shop_stock_reservation",
        sa.Column("holder", sa.Uuid(), nullable=False),
        sa.Column("stock_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("state in ('held','taken','released')", name=op.f("ck_shop_stock_reservation_state")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_shop_stock_reservation_quantity")),
        sa.ForeignKeyConstraint(
            ["stock_id"], ["shop_stock_row.id"], name=op.f("fk_shop_stock_reservation_stock_id_shop_stock_row")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_stock_reservation")),
        sa.UniqueConstraint("holder", "stock_id", name=op.f("uq_shop_stock_reservation_holder_stock_id")),
    )
    op.create_index(
        "ix_shop_stock_reservation_due",
        "shop_stock_reservation",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index(op.f("ix_shop_stock_reservation_stock_id"), "shop_stock_reservation", ["stock_id"], unique=False)
    op.create_table(
        "shop_stock_hold",
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["lot_id"], ["trace_lot_lot.id"], name=op.f("fk_shop_stock_hold_lot_id_trace_lot_lot")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_account_user.id"], name=op.f("fk_shop_stock_hold_user_id_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_stock_hold")),
    )
    op.create_index(
        "uq_shop_stock_hold_open",
        "shop_stock_hold",
        ["lot_id", "source"],
        unique=True,
        postgresql_where=sa.text("lifted_at is null"),
    )


def _order() -> None:
    op.create_table(
        "shop_order_order",
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("checkout_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("seller_name", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("goods_fen", sa.BigInteger(), nullable=False),
        sa.Column("freight_fen", sa.BigInteger(), nullable=False),
        sa.Column("total_fen", sa.BigInteger(), nullable=False),
        sa.Column("perishable", sa.Boolean(), nullable=False),
        sa.Column("claim_hours", sa.BigInteger(), nullable=False),
        sa.Column("claim_terms", sa.Text(), nullable=False),
        sa.Column("receiver_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("buyer_digest", sa.LargeBinary(), nullable=False),
        sa.Column("receiver_masked", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("waybill_no", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint(
            "(state in ('shipped','signed','closed')) = (shipped_at is not null)",
            name=op.f("ck_shop_order_order_shipped"),
        ),
        sa.CheckConstraint(
            "shipped_at is null or (carrier <> '' and waybill_no <> '')", name=op.f("ck_shop_order_order_parcel")
        ),
        sa.CheckConstraint(
            "state in ('placed','to_ship','shipped','signed','closed','cancelled')",
            name=op.f("ck_shop_order_order_state"),
        ),
        sa.CheckConstraint("total_fen = goods_fen + freight_fen", name=op.f("ck_shop_order_order_total")),
        sa.ForeignKeyConstraint(
            ["checkout_id"],
            ["shop_checkout_checkout.id"],
            name=op.f("fk_shop_order_order_checkout_id_shop_checkout_checkout"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["core_organisation_organisation.id"],
            name=op.f("fk_shop_order_order_organisation_id_core_organisation_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["core_account_user.id"], name=op.f("fk_shop_order_order_user_id_core_account_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_order_order")),
        sa.UniqueConstraint("order_no", name=op.f("uq_shop_order_order_order_no")),
        sa.UniqueConstraint("public_id", name=op.f("uq_shop_order_order_public_id")),
        sa.UniqueConstraint("token", name=op.f("uq_shop_order_order_token")),
    )
    op.create_index(op.f("ix_shop_order_order_buyer_digest"), "shop_order_order", ["buyer_digest"], unique=False)
    op.create_index(op.f("ix_shop_order_order_checkout_id"), "shop_order_order", ["checkout_id"], unique=False)
    op.create_index(op.f("ix_shop_order_order_placed_at"), "shop_order_order", ["placed_at"], unique=False)
    op.create_index("ix_shop_order_order_seller", "shop_order_order", ["organisation_id", "placed_at"], unique=False)
    op.create_index(op.f("ix_shop_order_order_state"), "shop_order_order", ["state"], unique=False)
    op.create_index(op.f("ix_shop_order_order_user_id"), "shop_order_order", ["user_id"], unique=False)
    op.create_index(
        "uq_shop_order_order_waybill",
        "shop_order_order",
        ["carrier", "waybill_no"],
        unique=True,
        postgresql_where=sa.text("waybill_no <> ''"),
    )


def _order_line() -> None:
    op.create_table(
        "shop_order_line",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("stock_id", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("lot_no", sa.Text(), nullable=False),
        sa.Column("harvested_on", sa.Date(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("net_g", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("price_fen", sa.BigInteger(), nullable=False),
        sa.Column("line_fen", sa.BigInteger(), nullable=False),
        sa.Column("host_id", sa.BigInteger(), nullable=True),
        sa.Column("host_link_id", sa.BigInteger(), nullable=True),
        sa.Column("rule_version", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("public_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.CheckConstraint("(host_id is null) = (rule_version = '')", name=op.f("ck_shop_order_line_host")),
        sa.CheckConstraint("quantity > 0 and line_fen = quantity * price_fen", name=op.f("ck_shop_order_line_sum")),
        sa.ForeignKeyConstraint(
            ["host_id"], ["shop_livestream_host.id"], name=op.f("fk_shop_order_line_host_id_shop_livestream_host")
        ),
        sa.ForeignKeyConstraint(
            ["host_link_id"],
            ["shop_livestream_link.id"],
            name=op.f("fk_shop_order_line_host_link_id_shop_livestream_link"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["trace_item_item.id"], name=op.f("fk_shop_order_line_item_id_trace_item_item")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"],
            ["shop_catalogue_listing.id"],
            name=op.f("fk_shop_order_line_listing_id_shop_catalogue_listing"),
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["trace_lot_lot.id"], name=op.f("fk_shop_order_line_lot_id_trace_lot_lot")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["shop_order_order.id"], name=op.f("fk_shop_order_line_order_id_shop_order_order")
        ),
        sa.ForeignKeyConstraint(
            ["stock_id"], ["shop_stock_row.id"], name=op.f("fk_shop_order_line_stock_id_shop_stock_row")
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"],
            ["shop_catalogue_variant.id"],
            name=op.f("fk_shop_order_line_variant_id_shop_catalogue_variant"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_order_line")),
        sa.UniqueConstraint("public_id", name=op.f("uq_shop_order_line_public_id")),
    )
    op.create_index("ix_shop_order_line_deal", "shop_order_line", ["variant_id", "at"], unique=False)
    op.create_index(op.f("ix_shop_order_line_host_id"), "shop_order_line", ["host_id"], unique=False)
    op.create_index(op.f("ix_shop_order_line_lot_id"), "shop_order_line", ["lot_id"], unique=False)
    op.create_index(op.f("ix_shop_order_line_order_id"), "shop_order_line", ["order_id"], unique=False)
