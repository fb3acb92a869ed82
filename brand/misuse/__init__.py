"""Misuse of marks and brands: reports of consumers, patrols, sealed evidence, notice, hearing, decision, publication.

Others call ``queries.published`` and ``service.sweep``; what a decision brings about upstairs goes through
``core.hooks.take_down``.
"""
