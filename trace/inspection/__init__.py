"""Tests, residue limits by date, and the promise-of-compliance certificate (承诺达标合格证).

Others call ``trace.inspection.queries`` (``reports_for_lots``, ``certificate_of``, ``limits``) and
``trace.inspection.service`` (``add_report``, ``issue_certificate``, ``certificate_pdf``).
"""
