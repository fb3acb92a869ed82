"""What the inspection room says about a lot: it lies above this room and answers through the hook ``evidence_of``."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from core.hooks import Hook


@dataclass(frozen=True, slots=True)
class ResultEvidence:
    """One judged item; ``result`` is a decimal text or ``not_detected``; a retest that replaced it is named."""

    substance: str
    result: str
    unit: str
    judgement: str
    judgement_label: str
    detection_limit: str = ""
    limit: str = ""
    limit_standard: str = ""
    method: str = ""
    marks: tuple[str, ...] = ()
    superseded_by: str = ""


@dataclass(frozen=True, slots=True)
class ReportEvidence:
    """A test report about a sample of the lot or of one it was made from."""

    lot_id: int
    report_no: str
    laboratory: str
    laboratory_kind: str
    laboratory_code: str
    product: str
    standard: str
    sampled_on: date
    reported_on: date
    results: tuple[ResultEvidence, ...] = ()
    file_id: int | None = None
    public_id: uuid.UUID | None = None
    id: int = 0
    retest_of: int | None = None


@dataclass(frozen=True, slots=True)
class CertificateEvidence:
    """The 承诺达标合格证 of the lot itself."""

    number: str
    form: str
    statement: str
    bases: tuple[str, ...]
    mass_g: int
    place: str
    issued_on: date
    organisation_id: int
    public_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Reports upstream of a lot and its certificate."""

    reports: tuple[ReportEvidence, ...] = ()
    certificate: CertificateEvidence | None = field(default=None)


class EvidenceOf(Protocol):
    """Answers for one lot, given the ids of the lot and of all it was made from."""

    def __call__(self, lot_id: int, upstream_ids: Sequence[int]) -> Evidence: ...


evidence_of: Hook[EvidenceOf] = Hook("lot_evidence")


def gather(lot_id: int, upstream_ids: Sequence[int]) -> Evidence:
    """What the first room that answers says; nothing where none is plugged in."""
    for ask in evidence_of:
        return ask(lot_id, upstream_ids)
    return Evidence()
