"""Special funds: budget batches, allocation, claims (B4) and the 10 % retention; every figure comes from the ledger.

Others call ``service`` (allot, allocate, draft_claim … pay, confirm_receipt) and ``queries.figures``.
"""
