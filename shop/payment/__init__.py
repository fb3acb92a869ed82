"""Payments: one adapter interface, one attempt row per payment, no network call inside a unit of work.

``adapters`` lists what exists; ``service.open_payment``, ``confirm_paid``, ``refund_due``, ``confirm_refunded``
move the attempt.  An outside provider (Stripe, later) adds an adapter and its webhook view, nothing else:
stock is reserved and the attempt committed before ``begin``; the webhook calls ``service.settle``; the return
page only reads.
"""
