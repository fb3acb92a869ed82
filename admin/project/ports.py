"""Typed hooks of the fund rooms, called in the caller's transaction; higher rooms append in their ``register``."""

from __future__ import annotations

from typing import Protocol

from core.account.actor import Actor
from core.hooks import Hook


class FindingMoved(Protocol):
    """A finding became open (``blocks`` true) or was closed; claims freeze and unfreeze."""

    def __call__(self, *, project_id: int, blocks: bool, reason: str, actor: Actor) -> None: ...


class ContractSettled(Protocol):
    """A terminated contract is settled: what is unpaid goes back to the funds (E10)."""

    def __call__(self, *, project_id: int, actor: Actor) -> None: ...


class PublicityMoved(Protocol):
    """A public notice about an object was published, corrected, withdrawn, objected to or answered."""

    def __call__(self, *, subject_table: str, subject_id: int, event: str, actor: Actor) -> None: ...


class AcceptanceMoved(Protocol):
    """An acceptance case of a stage (or the final one, ``stage_id`` None) passed, was published or filed."""

    def __call__(self, *, project_id: int, stage_id: int | None, event: str, actor: Actor) -> None: ...


finding_moved: Hook[FindingMoved] = Hook("finding_moved")
contract_settled: Hook[ContractSettled] = Hook("contract_settled")
publicity_moved: Hook[PublicityMoved] = Hook("publicity_moved")
acceptance_moved: Hook[AcceptanceMoved] = Hook("acceptance_moved")
