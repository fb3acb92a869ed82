"""Write docs/workflows.md from the declared workflow tables: states, moves, who may, what is asked.

Usage: ``.venv/bin/python tools/diagrams.py`` (``--check`` exits 1 where the page is out of date).
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from core.workflow.table import Workflow, mermaid

PAGE = ROOT / "docs" / "workflows.md"
BY = {"owner": "本单位", "office": "主管单位", "system": "系统", "public": "任何人"}


def workflows() -> list[Workflow]:
    """Every workflow declared in a rules module, by key."""
    found: dict[str, Workflow] = {}
    for floor in ("core", "brand", "trace", "shop", "admin"):
        for path in sorted((ROOT / floor).rglob("rules*.py")):
            module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            found |= {w.key: w for w in vars(module).values() if isinstance(w, Workflow)}
    return [found[key] for key in sorted(found)]


def page() -> str:
    """The text of docs/workflows.md."""
    parts = [
        "# Workflows\n\nGenerated from the tables in `rules.py` by `tools/diagrams.py`; a test keeps this page up to date.\n"
    ]
    for workflow in workflows():
        parts.append(f"\n## {workflow.label} `{workflow.key}`\n\n```mermaid\n{mermaid(workflow)}```\n")
        parts.append("\n| move | label | from | to | by | permission | asked |\n|---|---|---|---|---|---|---|\n")
        for move in workflow.moves:
            asked = [f"{len(move.guards)} guards"] if move.guards else []
            asked += ["reason"] if move.reason else []
            asked += [f"another person than {', '.join(move.not_same_person_as)}"] if move.not_same_person_as else []
            cells = (
                move.key, move.label, ", ".join(move.sources), move.to, BY[move.by], f"`{move.permission}`" if move.permission else "",
                "; ".join(asked),
            )  # fmt: skip
            parts.append("| " + " | ".join(cells) + " |\n")
    return "".join(parts)


def main() -> int:
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.read_text("utf-8") == page() else 1
    PAGE.write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
