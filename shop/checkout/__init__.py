"""Checkout: one cart becomes one order per enterprise, once, with stock reserved before any money moves."""
