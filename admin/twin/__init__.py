"""Who may be the same one twice: how alike two parties are, and what a clerk said of a pair (kept, latest counts).

Others call ``rules.pairs``, ``rules.suspects``, ``queries.judged`` and ``service.judge``; whose papers are compared is their business.
"""
