"""Background work: jobs deferred in the business transaction, and loops that run beside them."""
