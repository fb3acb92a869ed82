"""What the catalogue refuses, in the user's words."""

from __future__ import annotations

from core.errors import NotFound, register_constraint


class ListingNotFound(NotFound):
    """No such listing, or none this reader may see."""

    default_code = "catalogue.listing.not_found"

    def __init__(self) -> None:
        super().__init__("没有找到这件商品，可能已经下架。", help="回到商品列表再找找。")


def register() -> None:
    """Constraint names told as sentences."""
    register_constraint(
        "uq_shop_catalogue_variant_listing_id_item_id",
        "catalogue.variant.twice",
        "这个商品项已经在规格里了。",
        "item_id",
    )
    register_constraint(
        "uq_shop_catalogue_picture_listing_id_file_id", "catalogue.picture.twice", "这张图片已经传过了。", "picture"
    )
