"""The audit trail: one row per deed in the same transaction, chained afterwards by one background writer."""
