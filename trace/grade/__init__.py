"""Grades as data: standards with dated versions, grades and criteria; what was measured is judged by a pure rule.

This room knows nothing of lots.  Others call ``trace.grade.queries``: ``published``, ``version_view``, ``versions_by_id``,
``usable_by``; and ``trace.grade.rules``: ``judge``, ``is_lower``.
"""
