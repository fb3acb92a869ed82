"""Double entry in 分: books, accounts, entries and lines; posted entries never change, a correction is a reversal.

Others call ``service.post``, ``service.reverse`` and ``queries.balance``.  The database itself refuses unbalanced,
edited, extended and doubly reversed entries (deferred constraint trigger, migration 0002).  Books: G special funds
of the county, U project accounts of the undertakers, S settlement of the shop (a control book, not statutory accounts).
"""
