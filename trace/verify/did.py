"""did:web identifiers and the keys a DID document authorises (DID Core, did:web, Multikey)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from .multikey import decode_public_key
from .reasons import Reason, VerificationError

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?")
_SEGMENT = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a DID document; ``ended_in`` names the document version that ended it, empty while it lives."""

    method: str
    public_key: bytes
    ended: bool
    ended_in: str


def did_web_url(did: str) -> str:
    """The https address of a did:web document; ValueError for another method, an IP address or a bad path."""
    prefix, _, rest = did.partition("did:web:")
    host, *path = rest.split(":")
    host = unquote(host)
    if prefix or not _HOST.fullmatch(host) or not all(_SEGMENT.fullmatch(part) for part in path):
        raise ValueError(f"{did!r} is not a did:web identifier")
    name = host.partition(":")[0]
    if _is_address(name):
        raise ValueError("did:web allows no IP address")
    where = "/".join(path) if path else ".well-known"
    return f"https://{host}/{where}/did.json"


def key_for(document: dict[str, Any], *, method: str, issuer: str) -> Key:
    """The key ``method`` of ``issuer``, authorised for assertions by ``document``.

    ``issuer_mismatch`` where method, document and issuer do not belong together, ``key_not_found`` where the
    document lacks the method, ``key_not_authorised`` where it is not an assertion method of the issuer.
    """
    if method.partition("#")[0] != issuer or document.get("id") != issuer:
        raise VerificationError(Reason.ISSUER_MISMATCH, f"{method} does not belong to {issuer}")
    entry = _method_entry(document, method)
    if entry.get("controller") != issuer:
        raise VerificationError(Reason.KEY_NOT_AUTHORISED, "the key is controlled by somebody else")
    if not _asserts(document, method):
        raise VerificationError(Reason.KEY_NOT_AUTHORISED, "the key is not an assertion method")
    try:
        if entry.get("type") != "Multikey":
            raise ValueError("not a Multikey")
        public_key = decode_public_key(entry.get("publicKeyMultibase"))
    except ValueError as error:
        raise VerificationError(Reason.KEY_NOT_FOUND, f"no usable key: {error}") from None
    ended = "revoked" in entry or "expires" in entry
    return Key(method, public_key, ended, str(entry.get("endedInDocumentVersion", "")) if ended else "")


def version_of(document: dict[str, Any]) -> str:
    """The version number our DID documents carry; empty where there is none."""
    version = document.get("documentVersion", "")
    return version if isinstance(version, str) else ""


def _method_entry(document: dict[str, Any], method: str) -> dict[str, Any]:
    wanted = {method, "#" + method.partition("#")[2]}
    candidates = [*_list(document.get("verificationMethod")), *_list(document.get("assertionMethod"))]
    found = [entry for entry in candidates if isinstance(entry, dict) and entry.get("id") in wanted]
    if len(found) != 1:
        detail = "is not in" if not found else "stands twice in"
        raise VerificationError(Reason.KEY_NOT_FOUND, f"{method} {detail} the DID document")
    entry: dict[str, Any] = found[0]
    return entry


def _asserts(document: dict[str, Any], method: str) -> bool:
    wanted = {method, "#" + method.partition("#")[2]}
    for entry in _list(document.get("assertionMethod")):
        if (entry.get("id") if isinstance(entry, dict) else entry) in wanted:
            return True
    return False


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.replace(".", "").isdigit()
    return True


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
