"""Starts and watches what one machine needs: database, web server, job worker.  ``python -m core.supervisor``."""
