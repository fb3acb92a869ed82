"""Brand licences: application, screening, decision by another person, validity by date, withdrawal.

Others call ``queries.licence_for``, ``queries.licences_of``, ``queries.state_on``, ``queries.progress`` and
``rules.covers``; the use cases are in ``service``.
"""
