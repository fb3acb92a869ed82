"""存证日志: a transparency log (RFC 6962 hashing, C2SP tiles and checkpoints) with one writer.

Others call ``service.append`` inside their transaction (the entry is queued), ``queries`` for proofs and lag, and
``writer.integrate`` outside of any transaction (the background loop does it four times a second).
"""
