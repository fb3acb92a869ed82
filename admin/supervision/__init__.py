"""Daily supervision: monthly and quarterly inspections (B6), findings with two notices and exit (B7).

An open finding blocks the next payment; ``queries.open_findings`` is what the gates read.
"""
