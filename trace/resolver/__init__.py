"""Where a code leads: stored links per trade item or lot, linksets (RFC 9264), choice of one link, description file.

Others may call ``trace.resolver.queries.links_for``, the pure ``trace.resolver.rules`` and ``trace.resolver.keys``
(rooms that know GLNs or SSCCs register a look-up there).  The code page itself stands in ``trace.scan``.
"""
