"""``yidun-witness``: a witness for transparency logs, standard library HTTP only (C2SP tlog-witness).

``init`` makes a key, ``serve`` answers ``POST /add-checkpoint``; ``GET /`` says how far each log is cosigned and whether a
fork was seen.  Put it behind a TLS proxy; it never speaks to anybody by itself.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import time
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .cosign import CosignerKey
from .note import VerifierKey
from .reasons import VerificationError
from .witness import PLAIN, Answer, Store, Witness

MAX_BODY = 256 * 1024
SECONDS = 10.0


class Server(ThreadingHTTPServer):
    """An HTTP server for one witness."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], witness: Witness) -> None:
        self.witness = witness
        super().__init__(address, Handler)


class Handler(BaseHTTPRequestHandler):
    """POST add-checkpoint, GET the state; everything else is refused."""

    protocol_version = "HTTP/1.1"
    timeout = SECONDS
    server: Server

    def do_POST(self) -> None:
        """Answer an add-checkpoint request."""
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            self._send(Answer(411, "Content-Length is needed\n"), close=True)
        elif int(length) > MAX_BODY:
            self._send(Answer(413, "the request is too long\n"), close=True)
        elif not self.path.partition("?")[0].endswith("/add-checkpoint"):
            self.rfile.read(int(length))
            self._send(Answer(404, "only add-checkpoint is served\n"))
        else:
            self._send(self.server.witness.add_checkpoint(self.rfile.read(int(length))))

    def do_GET(self) -> None:
        """The state in plain text."""
        self._send(Answer(200, self.server.witness.status()) if self.path == "/" else Answer(404, "not here\n"))

    def log_message(self, format: str, *arguments: object) -> None:
        """One line per request on the error stream, without the caller's address."""
        sys.stderr.write(f"{self.log_date_time_string()} {format % arguments}\n")

    def _send(self, answer: Answer, *, close: bool = False) -> None:
        data = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type or PLAIN)
        self.send_header("Content-Length", str(len(data)))
        if close:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(data)


def build_parser() -> argparse.ArgumentParser:
    """The command line, with Chinese help."""
    parser = argparse.ArgumentParser(prog="yidun-witness", description="存证日志的外部见证：只给没有改写过的日志签名。")
    commands = parser.add_subparsers(dest="command", required=True)
    init = commands.add_parser("init", help="新建见证密钥，打印公钥（vkey）")
    init.add_argument("--key", type=Path, required=True, help="密钥文件，不能已存在")
    init.add_argument("--name", required=True, help="见证方名称，写成不带 https:// 的网址，例如 witness.example.org/w1")
    serve = commands.add_parser("serve", help="开始见证")
    serve.add_argument("--key", type=Path, required=True, help="密钥文件")
    serve.add_argument("--log", action="append", required=True, metavar="VKEY", help="要见证的日志公钥，可给多个")
    serve.add_argument("--state", type=Path, required=True, help="存放进度的文件夹，丢了就不能再见证，请备份")
    serve.add_argument("--listen", default="127.0.0.1:7380", help="地址和端口")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Make a key or serve; returns the exit status."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    try:
        return _init(options.key, options.name) if options.command == "init" else _serve(options)
    except (OSError, ValueError, RuntimeError, VerificationError) as error:
        parser.error(str(error))


def read_key(path: Path) -> tuple[str, bytes]:
    """Name and seed of a key file; ValueError for anything else."""
    lines = path.read_text("utf-8").split("\n")
    seed = bytes.fromhex(lines[1]) if len(lines) >= 2 else b""
    if len(seed) != 32:
        raise ValueError(f"{path} is not a witness key")
    return lines[0], seed


def vkey_of(name: str, seed: bytes) -> CosignerKey:
    """The public vkey of a witness key."""
    return CosignerKey.of(name, Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


def _init(path: Path, name: str) -> int:
    seed = secrets.token_bytes(32)
    vkey = vkey_of(name, seed)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as out:
        out.write(f"{name}\n{seed.hex()}\n")
        out.flush()
        os.fsync(out.fileno())
    print(vkey)
    return 0


def _serve(options: argparse.Namespace) -> int:
    name, seed = read_key(options.key)
    host, _, port = options.listen.rpartition(":")
    store = Store(options.state)
    witness = Witness(
        name,
        seed,
        [VerifierKey.parse(text) for text in options.log],
        store,
        clock=lambda: int(time.time()),
        alarm=_alarm,
    )
    server = Server((host, int(port)), witness)
    print(f"{vkey_of(name, seed)} http://{host}:{server.server_address[1]}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        store.close()
    return 0


def _alarm(text: str) -> None:
    sys.stderr.write(f"ALARM {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    raise SystemExit(main())
