"""Orders: what was bought from whom, out of which lot with which signed record, and every step since.

Others call ``service.place`` (checkout), ``service.confirm_transfer``, ``accept``, ``ship``, ``sign``, ``cancel``
and ``queries.monthly_totals``, ``seven_days``, ``open_todos``, ``progress``.
"""
