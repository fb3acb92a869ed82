"""What every signed document passes: defined terms, nothing personal, and a check with the public verifier before it is stored."""

from __future__ import annotations

from typing import Any

from core.errors import BadInput
from trace.signing import identity, proof, rules
from trace.signing.canonical import canonical_bytes, parse_object
from trace.signing.models import Did, SigningKey
from trace.verify.reasons import VerificationError
from trace.verify.verifier import check_signed


def refuse_unfit(credential: dict[str, Any]) -> None:
    """Return if every term is defined and nothing personal stands in it; RuleBroken names every such place."""
    unknown = rules.undefined_terms(credential)
    if unknown:
        raise AssertionError(f"not in our contexts: {', '.join(sorted(unknown))}")  # our defect, never the user's
    rules.check_public(credential)


def sign_checked(draft: proof.Draft, did: Did, key: SigningKey, signer: proof.Signer) -> dict[str, Any]:
    """Sign, then check with the public verifier against the did.json as it stands: what we cannot verify is never stored."""
    signed = proof.complete(draft, signer)
    document = identity.document_body(did, [key], identity.next_version(did))
    try:
        check_signed(parse_object(canonical_bytes(signed)), document)
    except VerificationError as error:
        raise BadInput(
            "签名和内容对不上，没有封存。",
            code=f"signing.{error.reason.value}",
            field="signed",
            help="核对用的是不是已登记的那把密钥。",
        ) from error
    return signed
