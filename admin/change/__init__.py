"""Requests to change a name or a code and to merge: papers, screening, decision by another person; the other party agrees.

The change itself is written by ``core.organisation.changes``.
"""
