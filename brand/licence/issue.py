"""What an approved licence is in paper and in data: the PDF, the credential to be signed, the digest of its end."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from datetime import date
from typing import Any

import qrcode
import qrcode.image.svg
from flask import current_app

from brand.licence import queries
from brand.licence.models import Licence
from core import clock, notary
from core.account.actor import Actor
from core.db import db
from core.document.service import typeset
from core.file.queries import files_by_id, read_bytes
from core.file.service import store
from core.organisation import queries as organisations


def document_and_credential(licence: Licence, actor: Actor) -> None:
    """Afterwards the PDF is stored and public, and the credential naming its digest waits to be signed and logged."""
    view = queries.view(licence)
    holder, issuer = organisations.get_organisation(licence.organisation_id), _issuer(actor)
    pdf = typeset("brand/licence/licence.typ", document_data(view, holder, issuer, _before(licence)))
    file = store(
        pdf, f"{view.licence_no}.pdf", kind="document", owner_organisation_id=issuer.id if issuer else None, actor=actor,
        public=True,
    )  # fmt: skip
    licence.document_file_id = file.id
    notary.issue(
        credential(view, holder, pdf), issuer=issuer.code if issuer else "", subject=str(view.public_id), kind="licence"
    )


def credential_again(licence: Licence, actor: Actor) -> None:
    """Afterwards a fresh credential over the same document waits to be signed: the earlier one's status bit was set."""
    view, issuer = queries.view(licence), _issuer(actor)
    file = files_by_id([licence.document_file_id])[licence.document_file_id] if licence.document_file_id else None
    pdf = read_bytes(file) if file is not None else b""
    holder = organisations.get_organisation(licence.organisation_id)
    notary.issue(
        credential(view, holder, pdf), issuer=issuer.code if issuer else "", subject=str(view.public_id), kind="licence"
    )


def _issuer(actor: Actor) -> organisations.OrganisationView | None:
    own = actor.organisation_id if actor.organisation_kind == "brand_office" else None
    issuer_id = own or organisations.desk_id("brand_office")
    return organisations.get_organisation(issuer_id) if issuer_id is not None else None


def _before(licence: Licence) -> str:
    """What the document says of the licence it stands on: 续期自…, 换发自…, or ''."""
    if licence.predecessor_id is None:
        return ""
    before = db.session.get_one(Licence, licence.predecessor_id)
    return f"{'续期自' if licence.kind == 'renewal' else '换发自'} {before.licence_no}"


def link(view: queries.LicenceView) -> str:
    """The address printed on the licence: the page that says whether it still holds."""
    return f"{current_app.config['SETTINGS'].link_origin}{view.path}"


def document_data(
    view: queries.LicenceView,
    holder: organisations.OrganisationView,
    issuer: organisations.OrganisationView | None,
    before: str = "",
) -> dict[str, Any]:
    """The facts of the PDF; the template adds no words of its own about this licence."""
    return {
        "licence_no": view.licence_no,
        "brand": view.brand_name,
        "brand_line": list(view.brand_line),
        "holder": holder.name,
        "code": holder.code,
        "issuer": issuer.name if issuer else "品牌办公室",
        "valid_from": f"{view.valid_from:%Y-%m-%d}",
        "valid_until": f"{view.valid_until:%Y-%m-%d}",
        "issued_on": f"{clock.local(clock.now()):%Y-%m-%d}",
        "rows": [[*row.words, f"{row.yearly_grams / 1000:,.0f}"] for row in view.rows],
        "conditions": [line for line in view.conditions.splitlines() if line.strip()],
        "before": before,
        "link": link(view),
        "qr": qr_svg(link(view)),
    }


def qr_svg(text: str) -> str:
    """A QR symbol as SVG text, level M."""
    symbol = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=2)
    symbol.add_data(text)
    out = io.BytesIO()
    symbol.make_image(image_factory=qrcode.image.svg.SvgPathImage).save(out)
    return out.getvalue().decode()


def credential(view: queries.LicenceView, holder: organisations.OrganisationView, pdf: bytes) -> dict[str, Any]:
    """The unsigned VC 2.0 of a licence: public facts only, no natural person (TRUST 6).

    Conditions stand in the PDF, which the credential binds by digest: the record context is never edited.
    """
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential", "BrandLicence"],
        "name": "品牌使用授权",
        "validFrom": clock.day_start(view.valid_from).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "validUntil": clock.day_end(view.valid_until).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "credentialSubject": {
            "licenceNo": view.licence_no,
            "holderCode": holder.code,
            "holderName": holder.name,
            "brand": list(view.brand_line),
            "scope": [
                {
                    "variety": row.variety,
                    "form": row.form,
                    "specification": row.specification,
                    "label": row.label,
                    "yearlyKg": f"{row.yearly_grams / 1000:.0f}",
                }
                for row in view.rows
            ],
            "firstDay": view.valid_from.isoformat(),
            "lastDay": view.valid_until.isoformat(),
        },
        "relatedResource": [
            {
                "id": f"{link(view)}.pdf",
                "digestSRI": "sha256-" + base64.b64encode(hashlib.sha256(pdf).digest()).decode(),
                "mediaType": "application/pdf",
            }
        ],
    }


def withdrawal_digest(licence: Licence) -> str:
    """SHA-256 (hex) of the plain statement that the licence ended, as its public page shows it."""
    return _digest({
        "ended_on": licence.ended_on.isoformat() if licence.ended_on else "",
        "licence_no": licence.licence_no,
        "reason": licence.ended_reason,
        "verb": "withdrawn",
    })  # fmt: skip


def change_digest(licence: Licence, verb: str, day: date | None = None) -> str:
    """SHA-256 (hex) of the plain statement that a licence was suspended, resumed or replaced on a day."""
    on = day or licence.ended_on
    return _digest({"licence_no": licence.licence_no, "on": on.isoformat() if on else "", "verb": verb})


def _digest(statement: dict[str, Any]) -> str:
    return hashlib.sha256(
        json.dumps(statement, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()
