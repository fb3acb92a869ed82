"""Bytes by their SHA-256 in a folder and in a bucket; the bucket is a stand-in that checks every signature (AWS SigV4)."""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from core.errors import Unavailable
from core.file.storage import BucketStorage, LocalStorage, Storage, storage_at

KEY_ID, SECRET = "example-id", "example-secret"
DATA = "临猗苹果 示例照片".encode()
SHA256 = hashlib.sha256(DATA).hexdigest()


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature(method: str, target: str, headers: dict[str, str]) -> str:
    """The ``Authorization`` that the request's own date, scope and signed headers ask for (Signature Version 4)."""
    told = dict(part.strip().split("=", 1) for part in headers["authorization"].split(" ", 1)[1].split(","))
    names, (_, day, region, service, kind) = told["SignedHeaders"], told["Credential"].split("/")
    parts = urlsplit(target)
    listed = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in names.split(";"))
    canonical = "\n".join([method, parts.path, parts.query, listed, names, headers["x-amz-content-sha256"]])
    scope = f"{day}/{region}/{service}/{kind}"
    signed = "\n".join(
        ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, hashlib.sha256(canonical.encode()).hexdigest()]
    )
    key = _hmac(_hmac(_hmac(_hmac(f"AWS4{SECRET}".encode(), day), region), service), kind)
    return f"AWS4-HMAC-SHA256 Credential={KEY_ID}/{scope}, SignedHeaders={names}, Signature=" + _hmac(key, signed).hex()


@dataclass
class Bucket:
    """What the stand-in keeps, by path, and what it was asked."""

    address: str = ""
    kept: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    broken: int = 0


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    state = Bucket()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return

        def _answer(self) -> None:
            state.asked.append(self.command)
            headers = {name.lower(): value for name, value in self.headers.items()}
            sent = self.rfile.read(int(headers.get("content-length", "0")))
            status, body = 200, b""
            if state.broken:
                status = state.broken
            elif signature(self.command, self.path, headers) != headers["authorization"]:
                status = 403
            elif self.command == "PUT":
                status = 200 if headers["x-amz-content-sha256"] == hashlib.sha256(sent).hexdigest() else 400
                state.kept[self.path] = sent
            elif self.path in state.kept:
                body = state.kept[self.path]
            else:
                status = 404
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", '"1"')
            self.send_header("Last-Modified", "Thu, 26 Nov 2026 00:00:00 GMT")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

    for method in ("PUT", "GET", "HEAD"):
        setattr(Handler, f"do_{method}", Handler._answer)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    state.address = f"http://127.0.0.1:{server.server_port}"
    storage_at.cache_clear()
    yield state
    storage_at.cache_clear()
    server.shutdown()
    server.server_close()
    thread.join()


def in_bucket(bucket: Bucket, more: str = "") -> Storage:
    return storage_at(f"s3://yidun-files/uploads?endpoint={bucket.address}&region=cn-north-1{more}")


def test_a_folder_keeps_the_same_bytes_once_and_gives_them_back(tmp_path: Path) -> None:
    place = storage_at((tmp_path / "文件 夹").as_uri())
    assert isinstance(place, LocalStorage)
    assert [place.put(DATA), place.put(DATA)] == [SHA256, SHA256]
    assert place.get(SHA256) == DATA
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == [SHA256]


def test_what_a_folder_lacks_is_told_as_missing(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as found:
        LocalStorage(tmp_path).get("0" * 64)
    assert found.value.code == "file.missing"


def test_a_bucket_gets_the_bytes_once_under_their_name_with_a_right_signature(bucket: Bucket) -> None:
    place = in_bucket(bucket)
    assert [place.put(DATA), place.put(DATA)] == [SHA256, SHA256]
    assert bucket.kept == {f"/yidun-files/uploads/{SHA256[:2]}/{SHA256}": DATA}
    assert bucket.asked == ["HEAD", "PUT", "HEAD"]
    assert place.get(SHA256) == DATA


def test_a_half_written_object_is_written_again(bucket: Bucket) -> None:
    path = f"/yidun-files/uploads/{SHA256[:2]}/{SHA256}"
    bucket.kept[path] = DATA[:5]
    in_bucket(bucket).put(DATA)
    assert bucket.kept[path] == DATA


def test_bytes_changed_in_the_bucket_are_not_handed_out(bucket: Bucket) -> None:
    place = in_bucket(bucket)
    place.put(DATA)
    bucket.kept = {path: b"x" * len(DATA) for path in bucket.kept}
    with pytest.raises(Unavailable) as found:
        place.get(SHA256)
    assert found.value.code == "file.missing"


def test_what_a_bucket_lacks_is_told_as_missing(bucket: Bucket) -> None:
    with pytest.raises(Unavailable) as found:
        in_bucket(bucket).get("0" * 64)
    assert found.value.code == "file.missing"


def test_a_refused_key_pair_keeps_nothing_and_says_that_the_store_is_away(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    with pytest.raises(Unavailable) as found:
        in_bucket(bucket).put(DATA)
    assert found.value.code == "file.store_away"
    assert not bucket.kept


def test_a_store_that_fails_is_asked_again_and_then_told_as_away(bucket: Bucket) -> None:
    bucket.broken = 503
    with pytest.raises(Unavailable) as found:
        in_bucket(bucket).get(SHA256)
    assert found.value.code == "file.store_away"
    assert bucket.asked == ["GET"] * 3


def test_the_bucket_may_stand_before_the_host() -> None:
    place = storage_at("s3://yidun-files?endpoint=https://oss.example.cn&style=host")
    assert isinstance(place, BucketStorage)
    assert place.store.config["endpoint"] == "https://yidun-files.oss.example.cn"


@pytest.mark.parametrize(
    "address",
    [
        "ftp://files",
        "files",
        "s3://",
        "s3:///only-a-path",
        "s3://id:secret@bucket",
        "s3://bucket?secret=x",
        "s3://bucket?style=guess",
        "s3://bucket?endpoint=store.example.cn",
    ],
)
def test_a_wrong_address_is_refused_with_its_name(address: str) -> None:
    with pytest.raises(ValueError, match="YIDUN_FILES_URL"):
        storage_at(address)
