"""One printed code shown to stand in a logged code series, with nothing but files (TRUST 5).

The unit proof holds the serial, its blind, its place, the sibling hashes, the enterprise's signed credential of the
series and the credential's log proof.  What verifies here was in the series before its root went into the log: nobody,
not even the operator, can add a code to it later.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .canonical import canonical_bytes, parse_object
from .merkle import check_inclusion, leaf_hash
from .reasons import SENTENCES, Reason, VerificationError
from .verifier import Verified, verify

FORMAT = "yidun.unit-proof/v1"
CREDENTIAL_TYPE = "CodeSeriesRoot"
BLIND_BYTES = 16
_SERIAL = re.compile(r"[0-9A-HJKMNP-TV-Z]{13}")
_FIELDS = {"format", "serial", "blind", "index", "path", "credential"}


@dataclass(frozen=True, slots=True)
class VerifiedUnit:
    """What has been shown: the serial is number ``unit`` of the item, one of ``count`` codes of this lot's series."""

    serial: str
    unit: int
    count: int
    item: str
    lot: str
    root: str
    series: Verified


def verify_unit(
    unit_proof: bytes,
    *,
    did_document: bytes,
    log_key: str,
    log_proof: bytes | None = None,
    ending_document: bytes | None = None,
    ending_proof: bytes | None = None,
) -> VerifiedUnit:
    """Check serial, path, credential and log; raises ``VerificationError`` with the first reason found.

    ``log_proof`` replaces the one inside the file; without either the answer is ``inclusion_invalid``.
    """
    proof = _parse(unit_proof)
    given = log_proof if log_proof is not None else str(proof.get("logProof", "")).encode()
    if not given:
        raise VerificationError(Reason.INCLUSION_INVALID, "the series has no log proof yet")
    signed = proof["credential"]
    shown = verify(
        canonical_bytes(signed), log_proof=given, did_document=did_document, log_key=log_key,
        ending_document=ending_document, ending_proof=ending_proof,
    )  # fmt: skip
    root, first, count, item, lot = _claims(signed)
    leaf = leaf_hash(bytes.fromhex(proof["blind"]) + proof["serial"].encode("ascii"))
    check_inclusion(proof["index"], count, leaf, [bytes.fromhex(node) for node in proof["path"]], root)
    return VerifiedUnit(proof["serial"], first + proof["index"], count, item, lot, root.hex(), shown)


def _parse(data: bytes) -> dict[str, Any]:
    """The fields of a unit proof; ``bad_json`` names the first that is malformed."""
    proof = parse_object(data)
    if proof.get("format") != FORMAT or not set(proof) >= _FIELDS or not set(proof) <= _FIELDS | {"logProof"}:
        raise _bad("not a unit proof of version 1")
    if not isinstance(proof["serial"], str) or not _SERIAL.fullmatch(proof["serial"]):
        raise _bad("the serial is not 13 symbols in canonical form")
    if not _is_hex(proof["blind"], BLIND_BYTES):
        raise _bad("the blind is not 32 hex digits")
    if not _is_whole(proof["index"]):
        raise _bad("the index is not a whole number")
    path = proof["path"]
    if not isinstance(path, list) or len(path) > 63 or not all(_is_hex(node, 32) for node in path):
        raise _bad("the path is not a list of hashes")
    if not isinstance(proof["credential"], dict):
        raise _bad("the credential is not an object")
    return proof


def _claims(signed: dict[str, Any]) -> tuple[bytes, int, int, str, str]:
    """Root, first unit, count, item and lot that the enterprise states; ``bad_json`` where one is missing."""
    types = signed.get("type", [])
    subject = signed.get("credentialSubject")
    if CREDENTIAL_TYPE not in (types if isinstance(types, list) else [types]) or not isinstance(subject, dict):
        raise _bad(f"the credential is no {CREDENTIAL_TYPE}")
    root, first, count = subject.get("root"), subject.get("firstUnit"), subject.get("count")
    if not _is_hex(root, 32) or not _is_whole(first) or not _is_whole(count):
        raise _bad("the credential lacks root, firstUnit or count")
    return (
        bytes.fromhex(str(root)),
        int(str(first)),
        int(str(count)),
        str(subject.get("item", "")),
        str(subject.get("lot", "")),
    )


def _is_hex(value: Any, size: int) -> bool:
    return isinstance(value, str) and re.fullmatch(rf"[0-9a-f]{{{2 * size}}}", value) is not None


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63


def _bad(detail: str) -> VerificationError:
    return VerificationError(Reason.BAD_JSON, detail)


def build_parser() -> argparse.ArgumentParser:
    """The command line of ``unit``, with Chinese help."""
    parser = argparse.ArgumentParser(
        prog="trace.verify unit", description="核对一件商品的编号证明，只读文件，不连网络。"
    )
    parser.add_argument("unit_proof", type=Path, metavar="UNIT.proof", help="从编号页面下载的证明文件")
    parser.add_argument("--did", type=Path, required=True, metavar="DID.json", help="签名人公布的身份文件")
    parser.add_argument("--log-key", required=True, metavar="VKEY", help="日志公钥，一行文字，或存有它的文件")
    parser.add_argument("--proof", type=Path, metavar="FILE.tlog-proof", help="赋码批的日志证明，缺省用文件里带的")
    parser.add_argument("--ending-did", type=Path, metavar="DID.json", help="密钥已停用时：停用它的那一版身份文件")
    parser.add_argument("--ending-proof", type=Path, metavar="FILE.tlog-proof", help="密钥已停用时：那一版的日志证明")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the check; 0 and one line, 1 with the reason code, 2 for wrong usage."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    try:
        log_key = options.log_key if "+" in options.log_key else Path(options.log_key).read_text("utf-8")
        files = {
            "did_document": options.did.read_bytes(),
            "log_proof": options.proof.read_bytes() if options.proof else None,
            "ending_document": options.ending_did.read_bytes() if options.ending_did else None,
            "ending_proof": options.ending_proof.read_bytes() if options.ending_proof else None,
        }
        unit_proof = options.unit_proof.read_bytes()
    except (OSError, UnicodeDecodeError, ValueError) as error:
        parser.error(f"文件读不出来：{error}")
    try:
        found = verify_unit(unit_proof, log_key=log_key, **files)
    except VerificationError as error:
        print(error.reason.value)
        print(f"{SENTENCES[error.reason]} ({error.detail})", file=sys.stderr)
        return 1
    series = found.series
    place = f"日志 {series.log} 第 {series.index} 条，共 {series.tree_size} 条"
    print(
        f"ok 编号 {found.serial} 在批次 {found.lot} 已公布的 {found.count} 个编号之中，签名人 {series.issuer}，{place}"
    )
    return 0
