"""Goods on the way between organisations: sent, received with shortage and damage, refused in part or whole.

Others call ``trace.movement.queries``: ``shipments_of``, ``shipments_of_lots``; and ``trace.movement.service``: ``send``,
``receive``, ``void``, ``receive_from_outside``.
"""
