"""“小而美” brands and 网货 products: entries with evidence, counted for the plan's targets K09 and K10 after a check.

Others call ``queries.counted``, ``queries.counted_things`` and read ``rules.CRITERIA``.
"""
