"""An embedded PostgreSQL for development, demo and tests: binaries of a wheel, started by our own small code.

Others call :func:`core.embedded.cluster.ensure` (a running server, started or adopted),
:func:`core.embedded.cluster.for_process` (the same, let go at the exit of this process) and
:func:`core.embedded.binaries.locate` (``pg_dump``, ``pg_restore``, ``psql``).  ``DATABASE_URL`` replaces all of it.
"""
