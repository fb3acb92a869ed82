"""The monitor: a stranger finds a rewritten log, forged documents, too many codes, shrunk histories."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import trust
from tests.unit.trace.verify.test_entry import LOT, series
from tests.unit.trace.verify.test_events import event, statement
from tests.unit.trace.verify.test_status import platform_document, status_list
from tests.unit.trace.verify.test_witness import NAME, NOW, SEED
from trace.verify import monitor
from trace.verify.canonical import canonical_bytes, canonical_hash
from trace.verify.cosign import cosign
from trace.verify.entry import audit_head_entry, did_document_entry, entry_of
from trace.verify.merkle import leaf_hash
from trace.verify.note import VerifierKey
from trace.verify.tree import Growing, tile_path
from trace.verify.witness_server import vkey_of


class Platform:
    """A platform in memory: a log and the documents it serves."""

    def __init__(self) -> None:
        self.log = trust.World()
        self.pages: dict[str, bytes] = {}
        self._versions: dict[str, int] = {}

    def add_did(self, document: dict[str, Any], *, served: dict[str, Any] | None = None) -> None:
        path = "/.well-known/did.json" if ":org:" not in document["id"] else "/org/93140821MA0EXAMPL1/did.json"
        self._versions[path] = version = self._versions.get(path, 0) + 1
        self.pages[f"{path}?version={version}"] = canonical_bytes(served or document)
        self.log.add(did_document_entry(document))

    def add(self, signed: dict[str, Any], *, served: dict[str, Any] | None = None) -> None:
        self.pages[f"/trace/records/sha256/{canonical_hash(signed).hex()}.json"] = canonical_bytes(served or signed)
        self.log.add(entry_of(signed))

    def add_status(self, signed: dict[str, Any]) -> None:
        self._versions["status"] = version = self._versions.get("status", 0) + 1
        self.pages[f"/trace/status/1?version={version}"] = canonical_bytes(signed)
        self.log.add(entry_of(signed))

    def fetch(self, path: str) -> bytes | None:
        if path == "/log/checkpoint":
            return self.pages.get(path, self.log.checkpoint().encode())
        if path.startswith("/log/tile/"):
            return self.pages.get(path, self._tiles().get(path))
        return self.pages.get(path)

    def _tiles(self) -> dict[str, bytes]:
        tree, made = Growing(), {}
        for entry in self.log.entries:
            tree.append(leaf_hash(entry))
        for level, hashes in enumerate(tree.levels):
            for number in range(-(-len(hashes) // 256)):
                data = tree.tile(level, number)
                made[f"/log/{tile_path(level, number, len(data) // 32)}"] = data
        for number in range(-(-tree.size // 256)):
            bundle = self.log.entries[number * 256 : (number + 1) * 256]
            made[f"/log/{tile_path('entries', number, len(bundle))}"] = b"".join(
                len(entry).to_bytes(2, "big") + entry for entry in bundle
            )
        return made


def lot_record(pieces: int = 205, number: int = 1) -> dict[str, Any]:
    subject = {
        "id": LOT, "type": "Lot", "item": {"id": "https://id.gs1.org/01/09521234000010", "netContentGrams": 5000},
        "quantity": {"unit": "piece", "pieces": pieces, "massGrams": pieces * 5000},
    }  # fmt: skip
    return trust.signed(trust.unsigned(number, credentialSubject=subject))


def other(number: int) -> dict[str, Any]:
    """A record of another lot."""
    return trust.signed(trust.unsigned(number, credentialSubject={"id": f"urn:lot:{number}", "type": "Lot"}))


@pytest.fixture
def platform() -> Platform:
    made = Platform()
    made.add_did(trust.did_document())
    made.add(lot_record())
    made.add(series(count=200))
    return made


def run(platform: Platform, state: Path, **options: Any) -> list[str]:
    key = VerifierKey.parse(platform.log.log_key)
    report = monitor.Monitor(platform.fetch, key, state, **options).run(NOW)
    return sorted({finding.code for finding in report.findings})


def test_an_honest_platform_gives_no_finding_run_after_run(platform: Platform, tmp_path: Path) -> None:
    assert run(platform, tmp_path) == []
    platform.add_did(platform_document() | {"documentVersion": "1"})
    platform.add_status(status_list([]))
    platform.add_status(status_list([5]))
    platform.log.add(audit_head_entry(3, b"\x01" * 32, "did:web:demo.yidun.example"))
    platform.log.add(audit_head_entry(9, b"\x02" * 32, "did:web:demo.yidun.example"))
    for number in range(300):
        platform.add(other(100 + number))

    assert run(platform, tmp_path) == []
    assert run(platform, tmp_path) == []


def test_an_altered_entry_is_a_fork_and_what_was_seen_is_kept(platform: Platform, tmp_path: Path) -> None:
    run(platform, tmp_path)
    platform.log.entries[1] = entry_of(lot_record(999))
    platform.add(other(7))

    assert "bundle" in run(platform, tmp_path)
    assert "bundle" in run(platform, tmp_path)


def test_a_rewritten_full_bundle_is_found_out_by_the_root(platform: Platform, tmp_path: Path) -> None:
    for number in range(260):
        platform.add(other(100 + number))
    run(platform, tmp_path)
    platform.log.entries[1] = entry_of(lot_record(999))

    assert "fork" in run(platform, tmp_path)
    assert list(tmp_path.glob("evidence-*"))


def test_a_dropped_entry_and_a_shorter_log_are_found(platform: Platform, tmp_path: Path) -> None:
    run(platform, tmp_path)
    del platform.log.entries[1]

    assert "shrunk" in run(platform, tmp_path)


def test_entries_that_do_not_lead_to_the_signed_root_are_found(platform: Platform, tmp_path: Path) -> None:
    platform.pages["/log/checkpoint"] = platform.log.checkpoint().encode()
    platform.log.entries[1] = entry_of(lot_record(999))

    assert "fork" in run(platform, tmp_path)


def test_a_checkpoint_of_another_key_is_refused(platform: Platform, tmp_path: Path) -> None:
    platform.pages["/log/checkpoint"] = trust.World([b"x"], seed=b"\x08" * 32).checkpoint().encode()

    assert run(platform, tmp_path) == ["checkpoint_invalid"]


def test_a_wrong_tile_is_found(platform: Platform, tmp_path: Path) -> None:
    platform.pages["/log/tile/0/000.p/3"] = bytes(96)

    assert run(platform, tmp_path) == ["tile_differs"]


def test_more_codes_than_were_sealed_are_found(platform: Platform, tmp_path: Path) -> None:
    platform.add(series(count=6, firstUnit=200))

    assert run(platform, tmp_path) == ["series_sum"]


def test_exactly_as_many_codes_as_were_sealed_are_fine(platform: Platform, tmp_path: Path) -> None:
    run(platform, tmp_path)
    platform.add(series(count=5, firstUnit=200))

    assert run(platform, tmp_path) == []


def test_a_corrected_quantity_counts_from_then_on(platform: Platform, tmp_path: Path) -> None:
    platform.add(lot_record(pieces=100, number=2))
    platform.add(series(count=1, firstUnit=200))

    assert run(platform, tmp_path) == ["series_sum"]


def test_a_unit_issued_twice_is_found_from_the_entries_alone(platform: Platform, tmp_path: Path) -> None:
    platform.add(series(count=3, firstUnit=199))

    assert "units_overlap" in run(platform, tmp_path)


def test_codes_without_a_sealed_record_are_found(platform: Platform, tmp_path: Path) -> None:
    platform.add(series(count=1, firstUnit=500, lot=LOT + "X"))

    assert run(platform, tmp_path) == ["series_without_record"]


def test_a_document_that_is_not_the_logged_one_or_missing_is_found(platform: Platform, tmp_path: Path) -> None:
    platform.add(other(7), served=trust.signed(trust.unsigned(8)))
    platform.log.add(entry_of(trust.signed(trust.unsigned(9))))

    assert run(platform, tmp_path) == ["document_differs", "missing_document"]


def test_a_record_signed_with_another_key_is_found(platform: Platform, tmp_path: Path) -> None:
    platform.add(trust.signed(trust.unsigned(7), seed=trust.OTHER_SEED))

    assert run(platform, tmp_path) == ["signature_invalid"]


def test_a_record_logged_after_its_key_ended_is_found(platform: Platform, tmp_path: Path) -> None:
    ended = {1: {"revoked": "2026-10-20T00:00:00Z", "endedInDocumentVersion": "2"}}
    platform.add(other(6))
    platform.add_did(trust.did_document(2, ended, (trust.SEED, trust.OTHER_SEED)))

    assert run(platform, tmp_path) == []
    platform.add(other(7))
    assert run(platform, tmp_path) == ["key_ended"]


@pytest.mark.parametrize(
    "later",
    [
        trust.did_document(2, seeds=(trust.OTHER_SEED,)),
        trust.did_document(2, seeds=(trust.SEED,)) | {"verificationMethod": [], "assertionMethod": []},
    ],
)
def test_a_did_history_that_loses_or_changes_a_key_is_found(platform: Platform, tmp_path: Path, later: Any) -> None:
    platform.add_did(later)

    assert "did_history" in run(platform, tmp_path)


def test_a_did_version_that_was_swapped_is_found(platform: Platform, tmp_path: Path) -> None:
    platform.add_did(trust.did_document(2), served=trust.did_document(3))

    assert {"document_differs", "did_version"} <= set(run(platform, tmp_path))


def test_a_withdrawal_taken_back_is_found(platform: Platform, tmp_path: Path) -> None:
    platform.add_did(platform_document() | {"documentVersion": "1"})
    platform.add_status(status_list([5]))
    platform.add_status(status_list([]))

    assert run(platform, tmp_path) == ["status_back"]


def test_an_audit_head_that_goes_back_and_a_foreign_entry_are_found(platform: Platform, tmp_path: Path) -> None:
    platform.log.add(audit_head_entry(9, b"\x01" * 32, "did:web:demo.yidun.example"))
    platform.log.add(audit_head_entry(3, b"\x02" * 32, "did:web:demo.yidun.example"))
    platform.log.add(b"not json")

    assert run(platform, tmp_path) == ["audit_head_back", "bad_entry"]


def test_stale_or_missing_witnesses_are_found_where_they_are_wanted(platform: Platform, tmp_path: Path) -> None:
    note = platform.log.checkpoint()
    body = note.partition("\n\n")[0] + "\n"
    key = [vkey_of(NAME, SEED)]
    platform.pages["/log/checkpoint"] = (note + cosign(body, NAME, SEED, NOW - 90_000)).encode()
    assert run(platform, tmp_path, witnesses=key, policy=1) == ["cosigners_missing"]

    platform.pages["/log/checkpoint"] = (note + cosign(body, NAME, SEED, NOW - 60)).encode()
    assert run(platform, tmp_path, witnesses=key, policy=1) == []


@pytest.mark.parametrize(("as_json", "code"), [(True, 0), (False, 0)])
def test_the_command_reports_and_its_exit_code_says_whether_all_is_well(
    platform: Platform, tmp_path: Path, monkeypatch, capsys, as_json: bool, code: int
) -> None:
    monkeypatch.setattr(monitor, "http", lambda _base: platform.fetch)
    call = ["https://demo.yidun.example", "--log-key", platform.log.log_key, "--state", str(tmp_path / "s")]

    assert monitor.main([*call, *(["--json"] if as_json else [])]) == code
    said = capsys.readouterr().out
    assert json.loads(said)["size"] == 3 if as_json else "没有发现问题" in said
    platform.add(series(count=6, firstUnit=200))
    assert monitor.main(call) == 1
    assert "series_sum" in capsys.readouterr().out


def test_a_platform_that_cannot_be_reached_is_exit_3(platform: Platform, tmp_path: Path, monkeypatch) -> None:
    def unreachable(_path: str) -> bytes | None:
        raise OSError("refused")

    monkeypatch.setattr(monitor, "http", lambda _base: unreachable)

    assert monitor.main(["https://x.example", "--log-key", platform.log.log_key, "--state", str(tmp_path)]) == 3


def event_list(number: int, *events: int) -> dict[str, Any]:
    """Version ``number`` of the lot's list of events."""
    listed = [event(one) for one in events]
    return statement(listed, id=f"https://demo.yidun.example/trace/records/00000000-0000-4000-8000-{number:012}")


def test_a_list_of_events_that_grows_is_no_finding(platform: Platform, tmp_path: Path) -> None:
    platform.add(event_list(21, 1, 2))
    platform.add(event_list(22, 1, 2, 3))

    assert run(platform, tmp_path) == []


@pytest.mark.parametrize("later", [(1, 3), (2, 1, 3), (1,)])
def test_a_list_of_events_that_drops_or_moves_one_is_found_also_in_a_later_run(
    platform: Platform, tmp_path: Path, later: tuple[int, ...]
) -> None:
    platform.add(event_list(21, 1, 2))
    assert run(platform, tmp_path) == []
    platform.add(event_list(22, *later))

    assert run(platform, tmp_path) == ["event_list_back"]
