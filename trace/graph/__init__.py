"""The trace graph: where a lot came from and where it went, with quantities, gaps and mass-balance warnings.

Others call ``queries.collect`` (a graph of frozen facts), ``rules.warnings`` and ``export.workbook``.
"""
