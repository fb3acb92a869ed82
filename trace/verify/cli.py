"""``python -m trace.verify RECORD.json --proof FILE.tlog-proof --did DID.json --log-key VKEY``.

Exit 0 and one line; 1 with the reason code (on the error stream: the sentence and the spot); 2 for wrong usage.
Reads files only.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .reasons import SENTENCES, VerificationError
from .verifier import verify


def build_parser() -> argparse.ArgumentParser:
    """The command line, with Chinese help."""
    parser = argparse.ArgumentParser(prog="trace.verify", description="核对一份记录，只读文件，不连网络。")
    parser.add_argument("record", type=Path, metavar="RECORD.json", help="记录文件")
    parser.add_argument("--proof", type=Path, required=True, metavar="FILE.tlog-proof", help="记录的日志证明")
    parser.add_argument("--did", type=Path, required=True, metavar="DID.json", help="签名人公布的身份文件")
    parser.add_argument("--log-key", required=True, metavar="VKEY", help="日志公钥，一行文字，或存有它的文件")
    parser.add_argument("--ending-did", type=Path, metavar="DID.json", help="密钥已停用时：停用它的那一版身份文件")
    parser.add_argument(
        "--ending-proof", type=Path, metavar="FILE.tlog-proof", help="密钥已停用时：那一版身份文件的日志证明"
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the check; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    parser = build_parser()
    options = parser.parse_args(arguments)
    try:
        key_file = Path(options.log_key)
        log_key = options.log_key if "+" in options.log_key else key_file.read_text("utf-8")
        files = {
            "record": options.record.read_bytes(),
            "log_proof": options.proof.read_bytes(),
            "did_document": options.did.read_bytes(),
            "ending_document": options.ending_did.read_bytes() if options.ending_did else None,
            "ending_proof": options.ending_proof.read_bytes() if options.ending_proof else None,
        }
    except (OSError, UnicodeDecodeError, ValueError) as error:
        parser.error(f"文件读不出来：{error}")
    try:
        result = verify(log_key=log_key, **files)
    except VerificationError as error:
        print(error.reason.value)
        print(f"{SENTENCES[error.reason]} ({error.detail})", file=sys.stderr)
        return 1
    place = f"日志 {result.log} 第 {result.index} 条，共 {result.tree_size} 条"
    print(f"ok 这份记录自签名以后未被改动，签名人 {result.issuer}，{place}")
    return 0
