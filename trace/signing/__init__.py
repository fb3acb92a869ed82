"""Keys, DIDs and signed records.

Others call ``service.seal_record`` (and addendum, correction, withdrawal), ``queries.record_for_lot`` /
``record`` / ``reason_text`` and ``identity.ensure_did``.  Canonical bytes are made by ``canonical`` only.
"""
