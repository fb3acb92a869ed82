"""The heart: items, seasons, lots, records, signing, log, codes, scan.  Shadows the standard library on purpose (ADR 0003)."""
