"""The brand matrix: 猗顿农品 (regional) → county brands → brands of enterprises → product lines; rules of use by version.

Others call ``queries.get_brand``, ``queries.by_key``, ``queries.tree``, ``queries.line``, ``queries.with_below``,
``queries_use.rules_in_force``, ``queries_use.rules_of_ref`` (what a licence accepted: ``yidun-2``), and
``service.establish_matrix``, ``service.register_brand``.
"""
