"""Cartons and pallets: numbers (SSCC or own), what is packed into what and when, the packing station, shipping marks.

Others may call ``trace.aggregation.service`` (make, pack, close, unpack, ship) and ``trace.aggregation.queries`` (where a
unit is, whether it left the house, what a carton holds).
"""
