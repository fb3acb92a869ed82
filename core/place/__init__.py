"""Places: plots, packhouses, stores, stations; each belongs to one organisation.

Others call ``core.place.queries`` (``places_of``, ``get_place``, ``choices``, ``covering``, ``ending_certificates``) and
``core.place.service`` (``add_place``, ``change_place``, ``draw_outline``).  What the public may see of a point is
:func:`core.place.rules.public_point`.  Certificates over plots are copied from paper: only their numbers' shape is checked.
"""
