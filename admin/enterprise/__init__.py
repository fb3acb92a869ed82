"""Registration of enterprises and undertakers: application, screening, approval by another person.

Approval creates the core organisation and its first membership.  Others call ``service`` for the use cases and
``queries.undertakers``, ``queries.waiting_count``.
"""
