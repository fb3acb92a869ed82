"""``python -m core.supervisor``"""

from __future__ import annotations

from core.supervisor.supervisor import main

raise SystemExit(main())
