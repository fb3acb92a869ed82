"""Who acts: a user acting for one organisation, chosen after login (pure)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Actor:
    """A user acting for one organisation, or the system, or a guest.

    ``person_key`` identifies the natural person: four-eyes rules compare it, not the membership.
    """

    user_id: int | None = None
    organisation_id: int | None = None
    organisation_kind: str = ""
    role: str = "guest"
    permissions: frozenset[str] = field(default_factory=frozenset)
    membership_id: int | None = None
    name: str = ""
    organisation_name: str = ""
    is_system: bool = False
    needs_second_factor: bool = False

    @property
    def person_key(self) -> str:
        return "system" if self.is_system else f"user:{self.user_id}"

    def can(self, permission: str) -> bool:
        return self.is_system or permission in self.permissions


GUEST = Actor()
SYSTEM = Actor(role="system", is_system=True, name="系统")
