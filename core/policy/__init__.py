"""Numbers the town sets where the plan and its measures are silent (town-rules C20), as dated values.

Rooms declare theirs as a frozen dataclass of ``rules.setting`` fields (file ``rules_policy.py``) and hand it to
``registry.declare`` at start-up.  Others call ``queries.terms(Terms, on=day)`` or ``queries.value(key, on=day)``, where
the day is the one on which the case's clock began; ``service.propose`` and ``service.decide`` change a value.
"""
