"""The signed statement about a lot, as docs/record-format.md fixes it: built from the gathered background."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.config import settings
from core.file.queries import files_by_id
from core.organisation import queries as organisations
from core.organisation.queries import OrganisationView
from core.place import rules as place_rules
from core.place.queries import places_by_id
from core.taxonomy import queries as taxonomy
from trace.item import rules as item_rules
from trace.lot import marking
from trace.lot.evidence import ReportEvidence, ResultEvidence
from trace.lot.facts import Background, harvest_days
from trace.lot.models import Lot
from trace.season import rules as season_rules
from trace.season.models import KINDS, Season

if TYPE_CHECKING:
    from core.place.models import Place

REGION = {"countryCode": "CN", "province": "山西省", "city": "运城市", "county": "临猗县"}


def build(back: Background) -> dict[str, Any]:
    """``{"credentialSubject": …, "relatedResource": […]}`` of the lot; absent things are left out."""
    files = files_by_id([r.file_id for r in back.evidence.reports if r.file_id is not None])
    resources = [_resource(f.public_id, f.media_type, f.sha256) for f in files.values()]
    subject: dict[str, Any] = {
        "id": _uri(back, back.lot),
        "type": "Lot",
        "lotNo": back.lot.lot_no,
        "item": _item(back),
        "quantity": _quantity(back.lot),
        "parties": {
            "producer": party(back.organisations[back.lot.producer_id]),
            "holder": party(back.organisations[back.lot.holder_id]),
            "sealer": party(back.organisations[back.lot.sealer_id]),
        },
        "origin": {**REGION, "plots": _plots(back)},
        "harvest": _harvest(back),
        "tests": [_test(back, r, {i: str(f.public_id) for i, f in files.items()}) for r in back.evidence.reports],
        "journal": _journal(back),
        "edges": _edges(back),
        "balance": _balance(back),
        "certificates": marking.statement(back),
        "complianceCertificate": _certificate(back),
    }
    if back.lot.brix is not None:
        subject["measures"] = {"solubleSolidsBrix": f"{back.lot.brix:f}"}
    if back.lot.unit == "piece":
        subject["packing"] = _packing(back.lot)
    if storage := _storage(back.lot):
        subject["storage"] = storage
    if back.licence is not None:
        subject["licence"] = _licence(back)
    return {"credentialSubject": subject, "relatedResource": resources}


def attachment_uri(public_id: object) -> str:
    """The name of an attached file inside signed records."""
    return f"https://{settings().identity_host}/trace/attachments/{public_id}"


def _resource(public_id: object, media_type: str, sha256: str) -> dict[str, Any]:
    digest = base64.b64encode(bytes.fromhex(sha256)).decode()
    return {
        "id": attachment_uri(public_id),
        "type": "Attachment",
        "mediaType": media_type,
        "digestSRI": f"sha256-{digest}",
    }


def party(organisation: OrganisationView) -> dict[str, str]:
    """An organisation as records name it: a grower, being a natural person, by code only (TRUST 6)."""
    found = {"code": organisation.code, "codeKind": organisation.code_kind, "kind": organisation.kind}
    if organisation.kind not in ("grower", "host"):
        found["name"] = organisation.name
    return found


def _uri(back: Background, lot: Lot) -> str:
    return item_rules.lot_uri(back.items[lot.item_id].uri, lot.lot_no)


def _word(code: str, labels: Mapping[str, str]) -> dict[str, str]:
    return {"code": code, "label": labels.get(code, code)}


def _item(back: Background) -> dict[str, Any]:
    item = back.item
    found: dict[str, Any] = {
        "id": item.uri,
        "type": "TradeItem",
        "keyKind": item.key_kind,
        "name": item.name,
        "owner": party(back.organisations[item.organisation_id]),
        "species": _word(item.species, item.labels),
        "variety": _word(item.variety, item.labels),
        "form": _word(item.form, item.labels),
        "level": item.level,
        "netContentGrams": item.net_content_g,
    }
    found["gtin" if item.gtin else "ownCode"] = item.key
    if item.specification:
        found["specification"] = _word(item.specification, item.labels)
    if item.grade:
        word = taxonomy.find_term(item.grade)
        found["grade"] = _word(item.grade, item.labels)
        if word and word.standard:
            found["grade"]["standard"] = word.standard
    return found


def _quantity(lot: Lot) -> dict[str, Any]:
    if lot.unit == "piece":
        return {"unit": "piece", "pieces": lot.pieces, "massGrams": lot.mass_g}
    return {"unit": "gram", "massGrams": lot.mass_g}


def _plots(back: Background) -> list[dict[str, Any]]:
    labels = taxonomy.labels(s.variety for s, _ in back.seasons.values())
    rows = sorted(back.seasons.values(), key=lambda pair: (pair[0].code, pair[0].id))
    return [_plot(season, place, back, labels) for season, place in rows]


def _plot(season: Season, place: Place, back: Background, labels: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "code": place.code,
        "village": place.village,
        "areaSquareMetres": place.area_m2,
        "farmer": party(back.organisations[place.farmer_id]),
        "season": {"code": season.code, "year": season.year, "variety": _word(season.variety, labels)},
    }
    if place.latitude is not None and place.longitude is not None:
        point = place_rules.public_point(place_rules.Point(place.latitude, place.longitude))
        found["point"] = {"latitude": f"{point.latitude:f}", "longitude": f"{point.longitude:f}", "roundedTo": "1 km"}
    return found


def _harvest(back: Background) -> dict[str, Any]:
    days = harvest_days(back)
    if not days:
        return {}
    mass = sum(
        grams
        for season_id, entries in back.journals.items()
        for day, grams in season_rules.harvest_by_day(entries).items()
        if day in back.days_of(season_id)
    )
    return {"from": days[0].isoformat(), "to": days[-1].isoformat(), "massGrams": mass}


def _packing(lot: Lot) -> dict[str, Any]:
    found: dict[str, Any] = {"on": lot.made_on.isoformat()}
    if lot.place_id is not None:
        place = places_by_id([lot.place_id])[lot.place_id]
        found["place"] = {"code": place.code, "kind": place.kind, "village": place.village}
    return found


def _storage(lot: Lot) -> dict[str, str]:
    found = {}
    if lot.storage_method:
        found["method"] = lot.storage_method
    if lot.best_before is not None:
        found["bestBefore"] = lot.best_before.isoformat()
    return found


def _licence(back: Background) -> dict[str, str]:
    licence, item = back.licence, back.item
    assert licence is not None
    desk = organisations.desk_id("brand_office")
    words = [item.label(part) for part in ("species", "variety", "form", "specification")]
    found = {
        "number": licence.licence_no,
        "brand": licence.brand_name,
        "scope": " ".join(w for w in words if w),
        "validFrom": licence.valid_from.isoformat(),
        "validUntil": licence.valid_until.isoformat(),
    }
    if desk is not None:
        found["issuer"] = organisations.get_organisation(desk).name
    return found


def _certificate(back: Background) -> dict[str, Any]:
    certificate = back.evidence.certificate
    if certificate is None:
        return {}
    issuer = back.organisations.get(certificate.organisation_id) or organisations.get_organisation(
        certificate.organisation_id
    )
    return {
        "number": certificate.number,
        "form": certificate.form,
        "statement": certificate.statement,
        "bases": list(certificate.bases),
        "massGrams": certificate.mass_g,
        "place": certificate.place,
        "issuedOn": certificate.issued_on.isoformat(),
        "issuer": party(issuer),
    }


def _test(back: Background, report: ReportEvidence, files: Mapping[int, str]) -> dict[str, Any]:
    laboratory = {"name": report.laboratory, "kind": report.laboratory_kind}
    if report.laboratory_code:
        laboratory["code"] = report.laboratory_code
    found: dict[str, Any] = {
        "reportNo": report.report_no,
        "sampledOn": report.sampled_on.isoformat(),
        "reportedOn": report.reported_on.isoformat(),
        "laboratory": laboratory,
        "product": report.product,
        "lot": _uri(back, back.upstream[report.lot_id]),
        "results": [_result(r) for r in report.results],
    }
    if report.standard:
        found["standard"] = report.standard
    if report.file_id is not None:
        found["resource"] = attachment_uri(files[report.file_id])
    return found


def _result(result: ResultEvidence) -> dict[str, Any]:
    found: dict[str, Any] = {"substance": result.substance, "result": result.result, "unit": result.unit}
    optional = {
        "detectionLimit": result.detection_limit,
        "limit": result.limit,
        "limitStandard": result.limit_standard,
        "method": result.method,
    }
    found |= {key: value for key, value in optional.items() if value}
    if result.marks:
        found["limitMarks"] = list(result.marks)
    return found | {"judgement": result.judgement, "judgementLabel": result.judgement_label}


def _journal(back: Background) -> list[dict[str, Any]]:
    lines = [
        (entry.done_on, season.code, entry)
        for season, _ in back.seasons.values()
        for entry in season_rules.effective(back.journals[season.id])
    ]
    return [_line(entry, code) for _, code, entry in sorted(lines, key=lambda row: (row[0], row[1], row[2].no))]


def _line(entry: season_rules.JournalEntry, season: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "no": entry.no,
        "season": season,
        "kind": entry.kind,
        "kindLabel": KINDS[entry.kind],
        "on": entry.done_on.isoformat(),
        "until": entry.until.isoformat(),
    }
    if entry.summary:
        found["summary"] = entry.summary
    if entry.mass_g is not None:
        found["massGrams"] = entry.mass_g
    if entry.correction_reason:
        found["correctionReason"] = entry.correction_reason
    if entry.kind == "input":
        found["input"] = _input(entry)
    return found


def _input(entry: season_rules.JournalEntry) -> dict[str, Any]:
    found: dict[str, Any] = {
        "category": entry.category,
        "name": entry.input_name,
        "source": entry.source,
        "usage": entry.usage,
        "amount": entry.amount,
    }
    if entry.registration_no:
        found["registrationNo"] = entry.registration_no
    if entry.interval_days is not None and entry.harvest_not_before is not None:
        found["intervalDays"] = entry.interval_days
        found["harvestNotBefore"] = entry.harvest_not_before.isoformat()
    return found


def _edges(back: Background) -> list[dict[str, Any]]:
    found = []
    for edge in back.edges:
        if edge.kind == "arrive" or edge.outside_id is not None:
            continue  # a part that changed hands is the same lot; outside goods are refused at the gate
        row: dict[str, Any] = {"to": _uri(back, back.upstream[edge.to_lot_id]), "massGrams": edge.mass_g}
        if edge.season_id is not None and edge.harvested_on is not None:
            season = back.seasons[edge.season_id][0].code
            row |= {"from": season, "fromKind": "season", "harvestedOn": edge.harvested_on.isoformat()}
        elif edge.from_lot_id is not None:
            row |= {"from": _uri(back, back.upstream[edge.from_lot_id]), "fromKind": "lot"}
        found.append(row)
    return found


def _balance(back: Background) -> dict[str, int]:
    """Of the lot's own making; what was used or written off since is no part of the statement about the lot."""
    lot = back.lot
    incoming = sum(e.mass_g for e in back.edges if e.to_lot_id == lot.id)
    return {
        "inGrams": incoming,
        "outGrams": lot.mass_g,
        "lossGrams": lot.packing_loss_g,
        "remainderGrams": incoming - lot.mass_g - lot.packing_loss_g,
    }
