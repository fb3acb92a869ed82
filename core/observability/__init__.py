"""Structured logs with a request id, and counters of requests.  Plugged in first, so that every answer has an id."""
