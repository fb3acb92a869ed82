"""Acceptance of a stage or of the whole project (B5): application, group, scores, rectification, government review, filing."""
