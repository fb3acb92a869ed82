"""Promotion: fairs, campaigns and roadshows (three indicators of the plan), places for enterprises, media, results, brand kit.

Others call ``queries.counted`` (what the plan's targets K11, K12, K13 are judged on) and ``queries.between``.
"""
