"""Where bytes live: a local folder or a bucket of an S3-compatible store, by SHA-256 (docs/adr/0115)."""

from __future__ import annotations

import hashlib
import os
import secrets
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from obstore.exceptions import BaseError
from obstore.store import S3Store

from core.errors import Unavailable

_STYLES = {"path": False, "host": True}


class Storage(Protocol):
    """Content-addressed bytes; the same bytes are kept once."""

    def put(self, data: bytes) -> str:
        """Afterwards the bytes are durably stored; returns their SHA-256, hex.  Raises ``Unavailable``."""
        ...

    def get(self, sha256: str) -> bytes:
        """The bytes of this SHA-256; raises ``Unavailable`` where they cannot be had."""
        ...


class LocalStorage:
    """A folder: written to a temporary name, fsynced, renamed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256

    def put(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path(sha256)
        if target.exists():
            return sha256
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{sha256}.{secrets.token_hex(6)}")
        with open(temporary, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, target)
        return sha256

    def get(self, sha256: str) -> bytes:
        try:
            return self.path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise _missing() from error


class BucketStorage:
    """A bucket of an S3-compatible store; what comes back is held against its name, for others keep it."""

    def __init__(self, store: S3Store) -> None:
        self.store = store

    def put(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        try:
            if not self._holds(sha256, len(data)):
                self.store.put(_key(sha256), data)
        except BaseError as error:
            raise _away() from error
        return sha256

    def get(self, sha256: str) -> bytes:
        try:
            data = bytes(self.store.get(_key(sha256)).bytes())
        except FileNotFoundError as error:
            raise _missing() from error
        except BaseError as error:
            raise _away() from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise _missing()
        return data

    def _holds(self, sha256: str, size: int) -> bool:
        try:
            return self.store.head(_key(sha256))["size"] == size
        except FileNotFoundError:
            return False


def _key(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"


def _missing() -> Unavailable:
    return Unavailable("这个文件的内容暂时取不到。", code="file.missing", help="请告诉管理员核对备份。")


def _away() -> Unavailable:
    return Unavailable(
        "存放文件的地方暂时连不上，没有保存。", code="file.store_away", help="请过几分钟再试；一直这样，请告诉管理员。"
    )


@cache
def storage_at(url: str) -> Storage:
    """The storage an address names: ``file:///folder`` or ``s3://bucket/prefix?endpoint=https://…&region=…&style=path``.

    ``style`` is ``path`` (the default) or ``host`` (the bucket's name stands before the endpoint's host).  The key pair
    comes from ``AWS_ACCESS_KEY_ID`` and ``AWS_SECRET_ACCESS_KEY``, never from the address, which is logged.
    Raises ``ValueError`` that says what is wrong.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalStorage(Path(unquote(parts.path)))
    if parts.scheme != "s3":
        raise ValueError(f"YIDUN_FILES_URL: {parts.scheme or 'no scheme'} is not supported, use file:// or s3://")
    asked = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    unknown = sorted(set(asked) - {"endpoint", "region", "style"})
    endpoint, style = asked.get("endpoint", ""), asked.get("style", "path")
    if not parts.netloc or parts.username or unknown or style not in _STYLES:
        raise ValueError(
            "YIDUN_FILES_URL: s3://bucket/prefix?endpoint=…&region=…&style=path or host; the key pair stands in "
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    return BucketStorage(
        _bucket(parts.netloc, unquote(parts.path).strip("/"), endpoint, asked.get("region", ""), style)
    )


def _bucket(name: str, prefix: str, endpoint: str, region: str, style: str) -> S3Store:
    where = urlsplit(endpoint)
    if endpoint and (where.scheme not in ("http", "https") or not where.netloc):
        raise ValueError("YIDUN_FILES_URL: endpoint is to be https://host")
    if endpoint and _STYLES[style]:
        endpoint = f"{where.scheme}://{name}.{where.netloc}"  # the client takes it as it stands
    return S3Store(
        name,
        prefix=prefix or None,
        endpoint=endpoint or None,
        region=region or "us-east-1",
        virtual_hosted_style_request=_STYLES[style],
        access_key_id=os.environ.get("AWS_ACCESS_KEY_ID", ""),
        secret_access_key=os.environ.get("AWS_SECRET_ACCESS_KEY", ""),
        client_options={"timeout": "20s", "connect_timeout": "3s", "allow_http": where.scheme == "http"},
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=8)},
    )
