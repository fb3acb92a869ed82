"""The brand matrix: 猗顿农品 (regional) → county brands → brands of enterprises.

Others call ``queries.get_brand``, ``queries.by_key``, ``queries.tree``, ``queries.line`` and
``service.establish_matrix``, ``service.register_brand``.
"""
