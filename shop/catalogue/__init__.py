"""Listings: what a seller offers, at which price and on which terms, and which lot will be sent.

Others call ``queries.offers`` (variants by id, with price, seller and caps), ``queries.listings_of`` and
``service.change_price``.
"""
