"""A guest finds an order again without its link: order number, last digits of the mobile, a one-time code."""
