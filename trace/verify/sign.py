"""``yidun-sign``: sign on your own machine what the platform gave to be signed; the private key never leaves it.

``keygen`` makes a key and prints the public line to register; ``sign`` reads the downloaded package, checks that the 64
bytes follow from the document shown, asks, and writes the signed document to be uploaded.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from . import proof
from .canonical import canonical_bytes, parse_object
from .credential import issuer_of, subject_of
from .multikey import encode_public_key, multibase_encode
from .reasons import Reason, VerificationError

PREFIX = "yidun-signing-key-v1"


def build_parser() -> argparse.ArgumentParser:
    """The command line, with Chinese help."""
    parser = argparse.ArgumentParser(prog="yidun-sign", description="企业自管密钥：在自己的电脑上签名，私钥不上传。")
    commands = parser.add_subparsers(dest="command", required=True)
    keygen = commands.add_parser("keygen", help="新建密钥，打印要登记的公钥")
    keygen.add_argument("key", type=Path, help="密钥文件，不能已存在；请另存一份备份")
    public = commands.add_parser("public", help="再打印一次公钥")
    public.add_argument("key", type=Path, help="密钥文件")
    sign = commands.add_parser("sign", help="签平台给的待签内容")
    sign.add_argument("package", type=Path, help="下载的待签内容（…-to-sign.json）")
    sign.add_argument("--key", type=Path, required=True, help="密钥文件")
    sign.add_argument("--out", type=Path, required=True, help="签好的记录写到哪里")
    sign.add_argument("--yes", action="store_true", help="已看过内容，不再问")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Make a key, show its public line, or sign; returns the exit status (1: refused, 2: wrong usage)."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    try:
        if options.command == "keygen":
            print(make_key(options.key))
        elif options.command == "public":
            print(public_line(read_key(options.key)))
        else:
            return _sign(options)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    except VerificationError as error:
        print(f"没有签：{error}", file=sys.stderr)
        return 1
    return 0


def make_key(path: Path) -> str:
    """Afterwards ``path`` (0600) holds a new key; returns the public line to register."""
    seed = secrets.token_bytes(32)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w", encoding="ascii") as out:
        out.write(f"{PREFIX} {seed.hex()}\n")
        out.flush()
        os.fsync(out.fileno())
    return public_line(seed)


def read_key(path: Path) -> bytes:
    """The seed in a key file; ValueError for anything else."""
    prefix, _, digits = path.read_text("ascii").strip().partition(" ")
    seed = bytes.fromhex(digits)
    if prefix != PREFIX or len(seed) != 32:
        raise ValueError(f"{path} 不是签名密钥文件")
    return seed


def public_line(seed: bytes) -> str:
    """The publicKeyMultibase of a seed."""
    return encode_public_key(Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


def sign_package(data: bytes, seed: bytes) -> dict[str, Any]:
    """The signed document of a package; ``bad_proof`` or ``bad_json`` where what is to be signed is not what is shown."""
    package = parse_object(data)
    document, options = package.get("document"), package.get("proof")
    if not isinstance(document, dict) or not isinstance(options, dict):
        raise VerificationError(Reason.BAD_JSON, "the package has no document or no proof")
    to_sign = proof.signing_input(document, options)
    if package.get("toSign") != to_sign.hex():
        raise VerificationError(Reason.BAD_PROOF, "toSign does not follow from the document shown")
    value = multibase_encode(Ed25519PrivateKey.from_private_bytes(seed).sign(to_sign))
    signed = {**document, "proof": {**options, "proofValue": value}}
    proof.take_apart(signed)  # of the right suite and purpose
    return signed


def _sign(options: argparse.Namespace) -> int:
    signed = sign_package(options.package.read_bytes(), read_key(options.key))
    shown = {name: value for name, value in signed.items() if name != "proof"}
    print(json.dumps(shown, ensure_ascii=False, indent=1))
    print(f"签名人 {issuer_of(signed)}，内容关于 {subject_of(signed)}。签了以后不能撤销，只能更正或撤回。")
    if not options.yes and input("确认签名请输入 yes：").strip() != "yes":
        print("没有签。", file=sys.stderr)
        return 1
    options.out.write_bytes(canonical_bytes(signed))
    print(f"已写入 {options.out}，把文件内容贴到平台的“上传签好的记录”。")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
