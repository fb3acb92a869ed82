"""The stand-alone verifier: record + log proof + DID document + log key, and nothing else.

This package depends on ``cryptography`` and ``rfc8785`` only and imports nothing else of ours, by relative
imports, so that the same files run as ``python -m trace.verify`` here, from the downloadable archive, and as the
wheel ``yidun_verify``.  It is the lowest room of the trust floor: ``trace.log`` and ``trace.signing`` use its
canonical bytes, hashes and checks instead of having their own.
"""
