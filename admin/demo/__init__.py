"""The demo story: invented enterprises (示例), officials by post, played through the services at fixed dates.

``flask seed`` (and ``make seed``) tells it once; a chapter already told is skipped.  Refused in production.
"""
