"""Tests (own, commissioned, official), residue limits by date, and the promise-of-compliance certificate (承诺达标合格证).

Others call ``trace.inspection.queries`` (``reports_for_lots``, ``certificate_of``, ``limits``; for rules that watch:
``bad_results``, ``untested_inputs``), ``trace.inspection.service`` (``add_report``) and ``trace.inspection.certificates``
(``issue_certificate``, ``void_certificate``, ``print_certificate``, ``certificate_pdf``).  ``upkeep`` keeps the dated
tables of limits and bans.
"""
