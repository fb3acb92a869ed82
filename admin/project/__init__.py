"""Projects paid from the special funds: undertaker, approved lines and stages, contract, monthly reports, evidence.

Others call ``service`` (propose, review_budget, sign_contract, submit_report, add_evidence …) and ``queries``.
``ports`` holds the typed hooks by which rooms above react; this room imports none of them.
"""
