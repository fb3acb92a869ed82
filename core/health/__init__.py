"""Whether the platform is alive and ready.  Rooms add a named check: ``@core.health.checks.check("log")``."""
