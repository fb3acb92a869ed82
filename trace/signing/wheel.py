"""The wheel ``yidun-verify``, made from trace/verify: the very files that run here, as package ``yidun_verify``.

The same files give the same bytes.  A wheel is a zip with a RECORD of hashes (PyPA binary distribution format), so no
build backend is needed.  ``make wheel`` writes it, ``/verify/`` serves it.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "verify"
LEFT_OUT = frozenset({"register.py"})
NAME, VERSION = "yidun_verify", "1.0.0"
INFO = f"{NAME}-{VERSION}.dist-info"
METADATA = f"""Metadata-Version: 2.1
Name: yidun-verify
Version: {VERSION}
Summary: Verify, witness and monitor the records of the Yidun platform without trusting it
Requires-Python: >=3.11
Requires-Dist: cryptography
Requires-Dist: rfc8785
Description-Content-Type: text/plain

yidun-verify   one record, from files only
yidun-witness  cosign the log as an outside witness (C2SP tlog-witness)
yidun-monitor  watch the whole log from outside
yidun-sign     sign records with a key that stays on your machine
"""
WHEEL = "Wheel-Version: 1.0\nGenerator: yidun\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
ENTRY_POINTS = f"""[console_scripts]
yidun-verify = {NAME}.cli:main
yidun-witness = {NAME}.witness_server:main
yidun-monitor = {NAME}.monitor:main
yidun-sign = {NAME}.sign:main
"""


def file_name() -> str:
    """The name a wheel of this version must have."""
    return f"{NAME}-{VERSION}-py3-none-any.whl"


def build() -> bytes:
    """The bytes of the wheel."""
    files = {
        f"{NAME}/{path.relative_to(SOURCE).as_posix()}": path.read_bytes()
        for path in sorted(SOURCE.rglob("*"))
        if path.suffix in (".py", ".json") and path.name not in LEFT_OUT
    }
    files |= {
        f"{INFO}/METADATA": METADATA.encode(),
        f"{INFO}/WHEEL": WHEEL.encode(),
        f"{INFO}/entry_points.txt": ENTRY_POINTS.encode(),
    }
    record = "".join(f"{name},sha256={_digest(data)},{len(data)}\n" for name, data in files.items())
    files[f"{INFO}/RECORD"] = f"{record}{INFO}/RECORD,,\n".encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
    return out.getvalue()


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode("ascii").rstrip("=")
