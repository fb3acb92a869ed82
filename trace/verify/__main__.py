"""Entry point of ``python -m trace.verify``."""

from .cli import main

raise SystemExit(main())
