"""Trade items: what is made and sold, each with one key (GTIN-14, or the owner's own code where there is none).

Others call ``trace.item.queries`` (``get_item``, ``item_by_id``, ``items_of``, ``item_uri``) and ``trace.item.service``.
"""
