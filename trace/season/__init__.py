"""Seasons (plot × crop year) and their journal: append-only, a correction is a new entry that names the old one.

Others call ``trace.season.queries`` (``get_season``, ``journal``, ``effective_journal``, ``banned_rows``, ``progress``; for
rules that watch: ``sprays``, ``harvests``, ``early_harvests``, ``banned_inputs``, ``silent_seasons``) and
``trace.season.service`` (``open_season``, ``add_input``, ``add_work``, ``add_pest``, ``add_harvest``, ``correct``).
``imports`` reads workbooks, ``reminders`` sends what is due, ``retention`` archives and, on the owner's word, forgets.
农产品质量安全法 art. 27 wants the record kept two years and forbids altering it: a row is never changed, and the database
lets one go only through ``retention`` when its years are over.
"""
