"""The institutional part of the story: project, contract, acceptance, publicity, claim, payment, a finding."""

from __future__ import annotations

from collections.abc import Callable

from admin.demo.stage import Stage

CHAPTERS: list[tuple[str, Callable[[Stage], None]]] = []
