"""What the person at the terminal reads, and the plain lines scripts look for."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import qrcode
from qrcode.constants import ERROR_CORRECT_L


@dataclass(frozen=True, slots=True)
class Login:
    """One demo login as the seed wrote it."""

    role: str
    user: str
    password: str
    label: str


@dataclass(frozen=True, slots=True)
class Demo:
    """What the seed left to be printed: logins, one scan address, and the address of its log proof."""

    logins: tuple[Login, ...]
    scan_url: str
    proof_url: str


def read_demo(path: Path) -> Demo | None:
    """The seed's file, or None where there is none that can be read."""
    try:
        data = json.loads(path.read_text("utf-8"))
        logins = tuple(Login(x["role"], x["user"], x["password"], x.get("label", x["role"])) for x in data["logins"])
        return Demo(logins, data.get("scan_url", ""), data.get("proof_url", ""))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def say(text: str = "") -> None:
    """One line on standard output, at once (scripts read it through a pipe)."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """One line on standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def qr_lines(text: str) -> str:
    """``text`` as a QR code of half blocks, dark on light whatever the terminal's colours."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_L, border=2)
    code.add_data(text)
    code.make(fit=True)
    out = io.StringIO()
    code.print_ascii(out=out, invert=True)
    return out.getvalue().rstrip("\n")


def announce(address: str, demo: Demo | None, *, scan: bool) -> None:
    """Address, logins, the scan address with its QR, and the plain lines READY, SCAN, LOGIN."""
    say()
    say(f"  猗顿农品已启动：{address}")
    if demo is not None:
        _announce_logins(demo)
        if scan and demo.scan_url:
            say(f"\n  扫一扫（已存证的一份记录）：{demo.scan_url}\n")
            say(qr_lines(demo.scan_url))
    say("\n  按 Ctrl-C 停止。\n")
    say(f"READY {address}")
    if demo is not None:
        if scan and demo.scan_url:
            say(f"SCAN {demo.scan_url}")
        for login in demo.logins:
            say(f"LOGIN {login.role} {login.user} {login.password}")


def _announce_logins(demo: Demo) -> None:
    if not demo.logins:
        return
    say("\n  演示账号（仅限本机演示）：")
    for login in demo.logins:
        say(f"    {login.label}　登录名 {login.user}　密码 {login.password}")
