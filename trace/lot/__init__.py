"""Lots, the edges between them and their mass balance.

Others call ``trace.lot.queries``: ``get_lot``, ``lot_by_id``, ``lots_of``, ``sellable``, ``sealing_facts``,
``sealing_checks``, ``sealing_unmet``, ``upstream``, ``downstream``; and ``trace.lot.service``: ``receive_harvest``,
``pack``, ``write_off``, ``begin_sealing`` (trace.signing, in its own transaction), ``move_lot``.
``trace.lot.queries`` also reads many lots at once (``edges_down``, ``edges_up``, ``balances``, ``sellable_of``);
``trace.lot.operations``: ``grade``, ``split``, ``merge``; ``trace.lot.reversal``: ``reverse``.  Rooms above plug into the
hooks of ``trace.lot.deeds`` (``lot_shrank``, ``lot_claims``, ``pieces_promised``) and ``trace.lot.offers``.
"""
