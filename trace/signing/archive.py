"""The stand-alone verifier as an archive: the very files that run here, plus what a reader needs to start."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "verify"
LEFT_OUT = frozenset({"register.py"})
INSTALL = "cryptography\nrfc8785\n"
README = """核对记录，不经过平台

1. 安装 Python 3.11 以上，再装两个公开的库：
   pip install -r requirements.txt
2. 取四样东西：记录（.json）、日志证明（.tlog-proof）、签名人的身份文件（did.json）、日志公钥（一行）。
   日志公钥请从两个以上的地方取来对照，例如公示材料和见证单位。
3. 在解开的文件夹里运行：
   python -m yidun_verify RECORD.json --proof FILE.tlog-proof --did DID.json --log-key VKEY
   结果为 ok 退出码 0；没有通过时第一行是原因代码，退出码 1；用法不对退出码 2。
4. 密钥已停用的记录，还要停用它的那一版身份文件和日志证明：
   --ending-did DID-n.json --ending-proof DID-n.tlog-proof

5. 一批货的事件（EPCIS）是不是签名清单里的那些：
   python -m yidun_verify events EVENTS.jsonld --statement LIST.json --proof FILE.tlog-proof --did DID.json --log-key VKEY

程序只读文件，不连网络。“ok” 说的是：谁签的、签了以后没有改动、写进了日志；不说明内容是否属实。
"""


def build() -> bytes:
    """The archive; the same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "README.txt", README.encode())
        _put(archive, "requirements.txt", INSTALL.encode())
        for path in sorted(FOLDER.rglob("*")):
            if path.suffix in (".py", ".json") and path.name not in LEFT_OUT:
                _put(archive, f"yidun_verify/{path.relative_to(FOLDER).as_posix()}", path.read_bytes())
    return out.getvalue()


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, data)
