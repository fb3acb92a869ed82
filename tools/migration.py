"""``make migration m=verb_noun``: the next numbered migration, drawn from the difference between models and database."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:] = [str(ROOT), *sys.path]


def next_number() -> str:
    numbers = [
        int(m.group(1)) for p in (ROOT / "migrations/versions").glob("*.py") if (m := re.match(r"(\d{4})_", p.name))
    ]
    return f"{max(numbers, default=0) + 1:04d}"


def main(arguments: list[str]) -> int:
    name = arguments[0] if arguments else ""
    if not re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", name):
        sys.stderr.write(
            "请写成 动词_名词：make migration m=create_orders / Name it verb_noun: make migration m=create_orders\n"
        )
        return 2
    from flask_migrate import revision, upgrade

    from wsgi import app

    with app.app_context():
        upgrade()
        revision(message=name, autogenerate=True, rev_id=next_number())
    sys.stdout.write(
        "请读一遍生成的文件：触发器和 CHECK 要自己写。/ Read the file: triggers and CHECKs are written by hand.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
