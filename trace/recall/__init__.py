"""Recalls: propose, approve, stop everything at once, tell everybody, account for every box, close.

Others call ``queries.notice_for_lots`` (what the code page shows) and ``queries.open_recalls``.
"""
