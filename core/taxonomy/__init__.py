"""Species, varieties, forms, specifications and grades: dated data that the office may extend, never code.

Others call ``core.taxonomy.queries``: ``choices(kind, species=…)``, ``term(code)``, ``labels(codes)``.
"""
