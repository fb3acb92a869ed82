"""A lot ready to be sealed, and the four files as somebody without us would check them."""

from __future__ import annotations

from core.db import db
from tests.factories import trace as grow
from trace.log import queries as log
from trace.signing import queries, service
from trace.signing.models import Record
from trace.verify.verifier import Verified, verify


def seal(grown: grow.Grown, **values) -> Record:
    return service.seal_record(grown.packed.id, actor=grown.actor, password_confirmed=True, **values)


def check_files(row: Record, **ending: bytes) -> Verified:
    document = queries.document(queries.signer_of(row).did)
    assert document is not None
    db.session.flush()
    return verify(
        row.payload,
        log_proof=str(queries.proof_of(row)).encode(),
        did_document=document.document,
        log_key=log.vkey() or "",
        **ending,
    )
