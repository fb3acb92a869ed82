"""Livestream hosts: application, approval by the brand office, a link with QR for one listing, attribution.

No commission.  Others call ``service.attribution`` and ``queries.host_of``.
"""
