"""Places: plots, packhouses, stores, stations; each belongs to one organisation.

Others call ``core.place.queries`` (``places_of``, ``get_place``, ``choices``) and ``core.place.service``
(``add_place``, ``change_place``).  What the public may see of a point is :func:`core.place.rules.public_point`.
"""
