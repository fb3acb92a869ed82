"""Key file, envelopes, recovery file."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput
from core.seal import envelope, keyring, recovery
from core.seal.errors import KeysUnusable, SealBroken
from core.seal.service import prf

RING = keyring.Keyring((keyring.MasterKey("k-0001", b"\x01" * 32),))
PLACE = {"table": "trace_signing_key", "row": "a", "purpose": "signing-key"}


@given(st.binary(max_size=500))
def test_what_is_sealed_opens_in_its_own_place(data: bytes) -> None:
    assert envelope.unseal(RING, envelope.seal(RING, data, **PLACE), **PLACE) == data


@pytest.mark.parametrize("elsewhere", [{"table": "other"}, {"row": "b"}, {"purpose": "other"}])
def test_sealed_bytes_moved_elsewhere_do_not_open(elsewhere: dict[str, str]) -> None:
    sealed = envelope.seal(RING, b"secret", **PLACE)

    with pytest.raises(SealBroken):
        envelope.unseal(RING, sealed, **{**PLACE, **elsewhere})


@settings(max_examples=60)
@given(st.integers(0, 10_000))
def test_a_changed_byte_does_not_open(place: int) -> None:
    sealed = bytearray(envelope.seal(RING, b"secret", **PLACE))
    sealed[place % len(sealed)] ^= 1

    with pytest.raises(SealBroken):
        envelope.unseal(RING, bytes(sealed), **PLACE)


def test_older_keys_read_and_the_newest_writes() -> None:
    old = envelope.seal(RING, b"secret", **PLACE)
    ring = keyring.Keyring((*RING.keys, keyring.MasterKey("k-0002", b"\x02" * 32)))

    assert envelope.unseal(ring, old, **PLACE) == b"secret"
    assert envelope.key_id_of(envelope.seal(ring, b"secret", **PLACE)) == "k-0002"


def test_without_its_key_nothing_opens() -> None:
    sealed = envelope.seal(RING, b"secret", **PLACE)

    with pytest.raises(SealBroken, match="k-0001"):
        envelope.unseal(keyring.Keyring((keyring.MasterKey("k-0002", b"\x01" * 32),)), sealed, **PLACE)


def test_the_key_file_is_private_and_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.keys"

    keyring.write(path, RING)

    assert path.stat().st_mode & 0o777 == 0o600
    assert keyring.read(path, production=True) == RING
    assert os.listdir(path.parent) == ["master.keys"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_file_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "master.keys"
    keyring.write(path, RING)
    path.chmod(mode)

    with pytest.raises(KeysUnusable):
        keyring.read(path, production=False)


def test_production_refuses_a_development_key(tmp_path: Path) -> None:
    path = tmp_path / "master.keys"
    keyring.write(path, keyring.Keyring((keyring.generate(development=True),)))

    assert keyring.read(path, production=False).newest.development
    with pytest.raises(KeysUnusable, match="开发密钥"):
        keyring.read(path, production=True)


def test_creating_never_touches_an_existing_file(tmp_path: Path) -> None:
    path = tmp_path / "master.keys"
    keyring.write(path, RING)

    assert keyring.create(path, keyring.Keyring((keyring.generate(development=True),))) is False
    assert keyring.read(path, production=True) == RING


@pytest.mark.parametrize(
    "text",
    ["", "k-0001\n", "k-0001 AAAA\n", "k 1 x\n", RING.text() * 2, RING.text().rstrip() + " other\n", "K-0001 " + "A" * 43 + "=\n"],
)  # fmt: skip
def test_a_malformed_key_file_is_refused(text: str) -> None:
    with pytest.raises(KeysUnusable):
        keyring.parse(text)


def test_the_secret_does_not_show_in_a_trace() -> None:
    assert "\\x01" not in repr(RING)


def test_the_recovery_file_gives_the_keys_back() -> None:
    data = recovery.lock(RING, "twelve letters")

    assert recovery.unlock(data, "twelve letters") == RING
    assert RING.text().split()[1].encode() not in data


@pytest.mark.parametrize("passphrase", ["twelve Letters", "", "twelve letters "])
def test_another_passphrase_does_not_open_the_recovery_file(passphrase: str) -> None:
    with pytest.raises(BadInput):
        recovery.unlock(recovery.lock(RING, "twelve letters"), passphrase)


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(BadInput):
        recovery.lock(RING, "elevenchars")


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b'{"format": "other"}'])
def test_another_file_is_no_recovery_file(data: bytes) -> None:
    with pytest.raises(BadInput):
        recovery.unlock(data, "twelve letters")


def test_prf_gives_the_length_asked_for_and_depends_on_key_and_data() -> None:
    assert len(prf(b"k", b"d", length=70)) == 70
    assert prf(b"k", b"d", length=70)[:32] == prf(b"k", b"d")
    assert len({prf(b"k", b"d"), prf(b"k", b"e"), prf(b"l", b"d")}) == 3


def test_a_device_is_known_for_one_day_only(monkeypatch: pytest.MonkeyPatch) -> None:
    from core.seal import service

    monkeypatch.setattr(service, "keys", lambda: RING)
    first = service.device_hash("192.0.2.1", "agent", date(2026, 11, 23))

    assert first == service.device_hash("192.0.2.1", "agent", date(2026, 11, 23))
    assert first != service.device_hash("192.0.2.1", "agent", date(2026, 11, 24))
    assert first != service.device_hash("192.0.2.2", "agent", date(2026, 11, 23))
