"""安全可预警: rules that watch what is recorded, an inbox of alerts with deadlines, escalation, trends.

Others add a detector with ``detectors.add``; screens call ``queries.open_count``.
"""
