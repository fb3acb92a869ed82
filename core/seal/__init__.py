"""Secrets at rest: the master key, envelope encryption of columns, keyed hashes, the recovery file.

Others call ``core.seal.service`` (``seal``, ``unseal``, ``keyed_hash``, ``device_hash``) and declare what they store
with ``core.seal.registry.sealed_column`` so that ``flask keys rewrap`` and the recovery proof reach it.
"""
