"""Stock by (item, lot, site): what may be sold, what is promised, and every movement.

Others call ``service.receive``, ``reserve``, ``take``, ``release``, ``hold_lot``, ``lift_hold`` and
``queries.offers_of``, ``queries.available_by_item``.
"""
