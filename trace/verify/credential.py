"""Structure of a Verifiable Credential (VC Data Model 2.0), checked without fetching any context.

``faults`` lists everything wrong at once.  Inline contexts are checked for redefinition; terms of remote contexts
are taken as they are, because a JCS-only verifier signs bytes, not graphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from .reasons import Reason, VerificationError

BASE_CONTEXT = "https://www.w3.org/ns/credentials/v2"
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_MOMENT = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_TYPED = ("credentialStatus", "credentialSchema", "termsOfUse", "evidence", "refreshService", "proof")
_NEED_ID = ("credentialSchema",)
_RESERVED = frozenset({"VerifiableCredential", "VerifiablePresentation"})


def faults(document: Any) -> list[str]:
    """Everything malformed about a credential; empty when it has the shape VC 2.0 demands."""
    if not isinstance(document, dict):
        return ["not an object"]
    found = [*_common(document, "VerifiableCredential"), *_issuer(document), *_subjects(document), *_period(document)]
    for name in _TYPED:
        if name in document:
            found += _typed(name, document[name])
    for name in ("name", "description"):
        found += _language_value(name, document.get(name))
    return found


def presentation_faults(document: Any) -> list[str]:
    """Everything malformed about a presentation; who may present is the receiver's policy, not structure."""
    if not isinstance(document, dict):
        return ["not an object"]
    found = list(_common(document, "VerifiablePresentation"))
    if "holder" in document and not is_url(_id_of(document["holder"])):
        found.append("holder is not a URL")
    for credential in _list(document.get("verifiableCredential", [])):
        if not isinstance(credential, dict):
            found.append("a credential in it is not an object")
        elif str(credential.get("id", "")).startswith("data:"):
            if "EnvelopedVerifiableCredential" not in _list(credential.get("type", [])):
                found.append("an enveloped credential lacks its type")
        else:
            found += faults(credential)
    return found


def check(document: Any) -> None:
    """Return if ``document`` has the shape of a credential; otherwise ``bad_json`` with every fault."""
    found = faults(document)
    if found:
        raise VerificationError(Reason.BAD_JSON, "; ".join(found))


def issuer_of(document: dict[str, Any]) -> str:
    """The issuer's identifier, given as text or as an object with ``id``; ``bad_json`` if neither."""
    issuer = _id_of(document.get("issuer"))
    if not isinstance(issuer, str):
        raise VerificationError(Reason.BAD_JSON, "no issuer")
    return issuer


def subject_of(document: dict[str, Any]) -> str:
    """The identifier of the (first) subject, else of the credential itself, else empty."""
    subjects = _list(document.get("credentialSubject", {}))
    first = subjects[0] if subjects else {}
    for candidate in (first.get("id") if isinstance(first, dict) else None, document.get("id")):
        if isinstance(candidate, str):
            return candidate
    return ""


def is_url(value: Any) -> bool:
    """Whether ``value`` is an absolute URL or URN."""
    return isinstance(value, str) and _URL.fullmatch(value) is not None


def is_moment(value: Any) -> bool:
    """Whether ``value`` is an XML Schema dateTimeStamp (with zone) of a real day."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _common(document: dict[str, Any], needed_type: str) -> Iterator[str]:
    yield from _context(document.get("@context"))
    types = _list(document.get("type", []))
    if needed_type not in types or not all(isinstance(value, str) and value for value in types):
        yield f"type must name {needed_type}"
    if "id" in document and not is_url(document["id"]):
        yield "id is not a URL"


def _context(context: Any) -> Iterator[str]:
    if not isinstance(context, list) or not context or context[0] != BASE_CONTEXT:
        yield "the first context is not credentials/v2"
        return
    defined: dict[str, Any] = {}
    for item in context[1:]:
        if isinstance(item, dict):
            yield from _inline_context(item, defined)
        elif not is_url(item):
            yield "a context is neither a URL nor an object"


def _inline_context(context: dict[str, Any], defined: dict[str, Any]) -> Iterator[str]:
    for term, meaning in context.items():
        if term.startswith("@"):
            continue
        if term in _RESERVED or defined.setdefault(term, meaning) != meaning:
            yield f"a context redefines {term}"
        target = meaning.get("@id") if isinstance(meaning, dict) else meaning
        if isinstance(target, str) and not target.startswith("@") and not is_url(target):
            yield f"term {term} is not mapped to a URL"


def _issuer(document: dict[str, Any]) -> Iterator[str]:
    issuer = document.get("issuer")
    if not is_url(_id_of(issuer)):
        yield "issuer is not a URL"
    if isinstance(issuer, dict):
        for name in ("name", "description"):
            yield from _language_value(f"issuer.{name}", issuer.get(name))


def _subjects(document: dict[str, Any]) -> Iterator[str]:
    subjects = _list(document.get("credentialSubject", []))
    if not subjects:
        yield "no credentialSubject"
    for subject in subjects:
        if not isinstance(subject, dict) or not subject:
            yield "credentialSubject is empty"
        elif "id" in subject and not is_url(subject["id"]):
            yield "credentialSubject.id is not one URL"


def _period(document: dict[str, Any]) -> Iterator[str]:
    given = {name: document[name] for name in ("validFrom", "validUntil") if name in document}
    wrong = [name for name, value in given.items() if not is_moment(value)]
    yield from (f"{name} is not a date and time with zone" for name in wrong)
    both = len(given) == 2 and not wrong
    if both and datetime.fromisoformat(given["validUntil"]) < datetime.fromisoformat(given["validFrom"]):
        yield "validUntil lies before validFrom"


def _typed(name: str, value: Any) -> Iterator[str]:
    for item in _list(value):
        if not isinstance(item, dict):
            yield f"{name} is not an object"
            continue
        types = _list(item.get("type", []))
        if not types or not all(isinstance(entry, str) and entry for entry in types):
            yield f"{name} needs a type"
        if ("id" in item or name in _NEED_ID) and not is_url(item.get("id")):
            yield f"{name}.id is not a URL"


def _language_value(name: str, value: Any) -> Iterator[str]:
    for item in _list(value):
        if isinstance(item, dict):
            if not isinstance(item.get("@value"), str) or set(item) - {"@value", "@language", "@direction"}:
                yield f"{name} is not a language value"
        elif item is not None and not isinstance(item, str):
            yield f"{name} is not text"


def _id_of(value: Any) -> Any:
    return value.get("id") if isinstance(value, dict) else value


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
