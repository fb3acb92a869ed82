"""What an enterprise tells about itself (R82): versions kept, confirmed every year, reminded in time.

Others call ``queries.latest``, ``queries.confirmed``.
"""
