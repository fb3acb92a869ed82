"""Working days 工作日: a table of days with make-up days, pure counting, and deadlines that stay 暂定 until a year is known.

Others call ``service.add_working_days``, ``service.working_days_between``, ``service.set_deadline``,
``service.recompute`` and ``queries.strip``.  Counting never guesses: a year whose holiday notice is not entered
and confirmed gives a provisional deadline, which is computed anew (with an audit row) when the year is confirmed.
"""
