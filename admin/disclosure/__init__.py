"""The public column: drafting by one person, approval by another, publicity clocks in working days, written answers.

Others call ``service.draft`` and ``queries.publicity_of``; payment gates read the publicity facts from there.
"""
