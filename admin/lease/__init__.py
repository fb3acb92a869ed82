"""Units of the park and their leases: offered by the office, confirmed by the enterprise, never two at once (R96).

Others call ``queries.ready_lease``, ``queries.running`` and ``service.start``, ``service.end_all``.
"""
