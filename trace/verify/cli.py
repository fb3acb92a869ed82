"""``yidun-verify RECORD.json --proof FILE.tlog-proof --did DID.json --log-key VKEY`` (``python -m trace.verify`` here).

``yidun-verify unit UNIT.proof --did DID.json --log-key VKEY`` checks the proof of one printed code (``series``).
``yidun-verify events EVENTS.jsonld --statement STATEMENT.json …`` checks a lot's EPCIS events (``events``).
Exit 0 and one line; 1 with the reason code (on the error stream: the sentence and the spot); 2 for wrong usage.
Reads files only.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from . import events, series
from .reasons import SENTENCES, VerificationError
from .verifier import Verified, verify


def build_parser() -> argparse.ArgumentParser:
    """The command line, with Chinese help."""
    parser = argparse.ArgumentParser(prog="yidun-verify", description="核对一份记录，只读文件，不连网络。")
    parser.add_argument("record", type=Path, metavar="RECORD.json", help="记录文件")
    parser.add_argument("--proof", type=Path, required=True, metavar="FILE.tlog-proof", help="记录的日志证明")
    parser.add_argument("--did", type=Path, required=True, metavar="DID.json", help="签名人公布的身份文件")
    parser.add_argument("--log-key", required=True, metavar="VKEY", help="日志公钥，一行文字，或存有它的文件")
    parser.add_argument("--ending-did", type=Path, metavar="DID.json", help="密钥已停用时：停用它的那一版身份文件")
    parser.add_argument(
        "--ending-proof", type=Path, metavar="FILE.tlog-proof", help="密钥已停用时：那一版身份文件的日志证明"
    )
    parser.add_argument(
        "--status", type=Path, metavar="STATUS.json", help="撤回状态清单，地址写在记录的 credentialStatus 里"
    )
    parser.add_argument("--status-did", type=Path, metavar="DID.json", help="平台的身份文件，用来核对状态清单")
    parser.add_argument("--witness", action="append", default=[], metavar="VKEY", help="你信任的见证方公钥，可给多个")
    parser.add_argument("--policy", type=int, default=0, metavar="K", help="至少要几家见证方签过，默认 0")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the check; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["unit"]:
        return series.main(given[1:])
    if given[:1] == ["events"]:
        return events.main(given[1:])
    parser = build_parser()
    options = parser.parse_args(given)
    if not 0 <= options.policy <= len(options.witness):
        parser.error("--policy 不能多于给出的 --witness")
    if (options.status is None) != (options.status_did is None):
        parser.error("--status 和 --status-did 要一起给")
    try:
        key_file = Path(options.log_key)
        log_key = options.log_key if "+" in options.log_key else key_file.read_text("utf-8")
        files = {
            "record": options.record.read_bytes(),
            "log_proof": options.proof.read_bytes(),
            "did_document": options.did.read_bytes(),
            "ending_document": _optional(options.ending_did),
            "ending_proof": _optional(options.ending_proof),
            "status_list": _optional(options.status),
            "status_did": _optional(options.status_did),
        }
    except (OSError, UnicodeDecodeError, ValueError) as error:
        parser.error(f"文件读不出来：{error}")
    try:
        result = verify(log_key=log_key, witnesses=options.witness, policy=options.policy, **files)
    except VerificationError as error:
        print(error.reason.value)
        print(f"{SENTENCES[error.reason]} ({error.detail})", file=sys.stderr)
        return 1
    print(_sentence(result, asked=bool(options.witness)))
    return 0


def _sentence(result: Verified, *, asked: bool) -> str:
    place = f"日志 {result.log} 第 {result.index} 条，共 {result.tree_size} 条"
    parts = [f"ok 这份记录自签名以后未被改动，签名人 {result.issuer}，{place}"]
    if result.status is not None:
        version = f"第 {result.status_version} 版" if result.status_version else "给出的这一版"
        parts.append(f"按状态清单{version}没有撤回")
    if asked:
        names = "、".join(f"{made.key.name}（{_day(made.time)}）" for made in result.cosigned)
        parts.append(
            f"{len(result.cosigned)} 家见证方签过这个检查点：{names}" if names else "你给的见证方都没有签这个检查点"
        )
    return "；".join(parts)


def _day(seconds: int) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError, OSError):
        return str(seconds)


def _optional(path: Path | None) -> bytes | None:
    return path.read_bytes() if path else None
