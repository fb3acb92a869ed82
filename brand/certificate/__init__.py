"""Certificates that carry a mark: number, scope, plots, quantity, the look-up in the official register, the end.

A mark is shown by one decision, ``rules.decide``; upper floors ask it through ``queries.marks_of_lot``,
``queries.marks_of_item`` and ``queries.unsupported``; ``service.book_lot`` counts a lot against the yearly quantity.
"""
