"""Lots, the edges between them and their mass balance.

Others call ``trace.lot.queries``: ``get_lot``, ``lot_by_id``, ``lots_of``, ``sellable``, ``sealing_facts``,
``sealing_checks``, ``sealing_unmet``, ``upstream``, ``downstream``; and ``trace.lot.service``: ``receive_harvest``,
``pack``, ``write_off``, ``begin_sealing`` (trace.signing, in its own transaction), ``move_lot``.
"""
