"""Seasons (plot × crop year) and their journal: append-only, a correction is a new entry that names the old one.

Others call ``trace.season.queries`` (``get_season``, ``journal``, ``effective_journal``, ``banned_rows``, ``progress``)
and ``trace.season.service`` (``open_season``, ``add_input``, ``add_work``, ``add_pest``, ``add_harvest``, ``correct``).
农产品质量安全法 art. 27 wants the record kept two years and forbids altering it: rows are never changed or deleted.
"""
