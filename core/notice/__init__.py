"""Messages and cases: the inbox of organisations and users, the outbox of mail and SMS, and what the public sends in.

Others call ``service.send``, ``service.deliver``, ``service.open_case`` and ``queries.unread_count``.
"""
