"""Selling: catalogue, stock by lot, checkout, payment, orders, livestream."""
