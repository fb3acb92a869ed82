"""The code page: what an address answers, visits, checks of the covered code, complaints (TRUST 7, LOOK 6).

Others may call ``trace.scan.queries`` (visits of a lot) and append to ``core.hooks.scan_panels``.
"""
