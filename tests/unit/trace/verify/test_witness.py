"""The witness: cosigns what continues, refuses the rest as C2SP tlog-witness says, never signs a fork, keeps its state."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.support import trust
from trace.verify.cosign import CosignerKey, cosign, cosignatures
from trace.verify.note import VerifierKey
from trace.verify.reasons import Reason, VerificationError
from trace.verify.verifier import check_cosigned, verify
from trace.verify.witness import SIZE_TYPE, Answer, Store, Witness, write_submission
from trace.verify.witness_server import main, read_key, vkey_of

NAME, SEED, NOW = "witness.example/w1", b"\x09" * 32, 1_795_000_000


def world(count: int, mark: str = "") -> trust.World:
    made = trust.World()
    for number in range(count):
        made.add(f"entry {number}{mark if number == 1 else ''}".encode())
    return made


class Desk:
    """A witness on a folder, with what it cried out."""

    def __init__(self, folder: Path, now: int = NOW) -> None:
        self.alarms: list[str] = []
        self.store = Store(folder)
        key = VerifierKey.parse(world(0).log_key)
        self.witness = Witness(NAME, SEED, [key], self.store, clock=lambda: now, alarm=self.alarms.append)

    def post(self, log: trust.World, size: int, old: int, note: str | None = None) -> Answer:
        proof = log.tree.consistency(old, size) if 0 < old < size else []
        return self.witness.add_checkpoint(write_submission(old, proof, note or log.checkpoint(size)))


@pytest.fixture
def desk(tmp_path: Path):
    made = Desk(tmp_path / "state")
    yield made
    made.store.close()


def test_the_first_checkpoint_is_cosigned_without_a_proof(desk: Desk) -> None:
    log = world(5)

    answer = desk.post(log, 5, 0)

    assert answer.status == 200
    (made,) = cosignatures(log.checkpoint() + answer.body, [vkey_of(NAME, SEED)])
    assert (made.key.name, made.time) == (NAME, NOW)


def test_a_longer_log_that_continues_is_cosigned_and_the_old_size_is_asked_for(desk: Desk) -> None:
    log = world(9)
    desk.post(log, 5, 0)

    assert desk.post(log, 9, 5).status == 200
    assert desk.post(log, 9, 5) == Answer(409, "9\n", SIZE_TYPE)
    assert desk.post(log, 9, 9).status == 200  # to stay fresh


def test_two_roots_for_one_size_are_refused_kept_as_evidence_and_cried_out(desk: Desk) -> None:
    desk.post(world(5), 5, 0)

    for _ in range(2):
        assert desk.post(world(5, "forged"), 5, 5) == Answer(409, "5\n", SIZE_TYPE)
    assert desk.post(world(5, "forged"), 5, 0).status == 409  # found out whatever old size is claimed

    (evidence,) = desk.store.forks()
    assert world(5).checkpoint() in evidence.read_text()
    assert world(5, "forged").checkpoint() in evidence.read_text()
    assert all(alarm.startswith("FORK") for alarm in desk.alarms)
    assert "forks 1" in desk.witness.status()


def test_a_log_that_was_rewritten_and_grew_is_refused_with_422(desk: Desk) -> None:
    desk.post(world(5), 5, 0)
    forged = world(9, "forged")

    assert desk.post(forged, 9, 5).status == 422
    assert desk.alarms
    assert desk.post(world(9), 9, 5).status == 200


def test_a_resigned_shorter_log_is_refused(desk: Desk) -> None:
    log = world(9)
    desk.post(log, 9, 0)

    assert desk.post(log, 5, 5).status == 409
    assert desk.post(log, 5, 9).status == 400


def test_an_unknown_log_is_404_and_a_foreign_signature_403(desk: Desk) -> None:
    other = trust.World([b"a"], origin="other.example/log")
    impostor = trust.World([b"a"], seed=b"\x08" * 32)

    assert desk.post(other, 1, 0).status == 404
    assert desk.post(impostor, 1, 0).status == 403


@pytest.mark.parametrize("tail", ["", "\n\u2014 x y\n"])
@pytest.mark.parametrize(
    "head",
    ["", "old\n\n", "old 05\n\n", "old -1\n\n", "old x\n\n", "size 0\n\n", "old 0\nAAAA\n\n", "old 0\n!\n\n", "old 0\n" + "\n".join([base64.b64encode(bytes(32)).decode()] * 64) + "\n\n"],
)  # fmt: skip
def test_malformed_requests_are_400(desk: Desk, head: str, tail: str) -> None:
    body = (head + world(2).checkpoint() + tail).encode()

    assert desk.witness.add_checkpoint(body).status == 400


@pytest.mark.parametrize("body", [b"", b"\xff", b"old 0\n\n", b"old 0\n\nx\n"])
def test_requests_without_a_checkpoint_are_400(desk: Desk, body: bytes) -> None:
    assert desk.witness.add_checkpoint(body).status == 400


def test_a_proof_from_nothing_must_be_empty(desk: Desk) -> None:
    body = write_submission(0, [bytes(32)], world(2).checkpoint())

    assert desk.witness.add_checkpoint(body).status == 422


def test_the_state_survives_a_restart(tmp_path: Path) -> None:
    first = Desk(tmp_path)
    first.post(world(5), 5, 0)
    first.store.close()
    second = Desk(tmp_path)

    assert second.post(world(5), 5, 0) == Answer(409, "5\n", SIZE_TYPE)
    assert second.post(world(5, "forged"), 5, 5).status == 409
    second.store.close()


def test_a_state_folder_has_one_witness_only(desk: Desk) -> None:
    with pytest.raises(RuntimeError):
        Store(desk.store.folder)


def test_nothing_is_signed_before_the_state_is_kept(desk: Desk, monkeypatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(desk.store, "keep", fail)

    with pytest.raises(OSError, match="disk full"):
        desk.post(world(5), 5, 0)
    assert desk.store.last(trust.ORIGIN) is None


def test_the_newest_line_of_a_witness_counts_and_strangers_do_not() -> None:
    note = world(3).checkpoint()
    body = note.partition("\n\n")[0] + "\n"
    lines = cosign(body, NAME, SEED, 5) + cosign(body, NAME, SEED, 9) + cosign(body, "other.example", b"\x0a" * 32, 7)

    (made,) = cosignatures(note + lines, [vkey_of(NAME, SEED)])

    assert made.time == 9


@pytest.mark.parametrize("where", [4, 11, 40])
def test_a_wrong_cosignature_of_a_known_witness_is_refused(where: int) -> None:
    note = world(3).checkpoint()
    line = cosign(note.partition("\n\n")[0] + "\n", NAME, SEED, 5)
    data = bytearray(base64.b64decode(line.split()[2]))
    data[where] ^= 1
    wrong = f"\u2014 {NAME} {base64.b64encode(bytes(data)).decode()}\n"

    with pytest.raises(VerificationError) as caught:
        cosignatures(note + wrong, [vkey_of(NAME, SEED)])

    assert caught.value.reason is Reason.CHECKPOINT_INVALID


def test_the_example_key_id_of_the_standard_is_ours() -> None:
    """tlog-cosignature: the key id covers the algorithm byte 4, so one key has another id as a log key."""
    key = vkey_of(NAME, SEED)

    assert CosignerKey.parse(str(key)) == key
    assert key.key_id != VerifierKey.parse(str(trust.vkey(NAME, key.public_key))).key_id


@pytest.mark.parametrize(
    "text", ["", "a+b", "a+00000000+AAAA", str(vkey_of(NAME, SEED))[:-4], "x" + str(vkey_of(NAME, SEED))]
)
def test_a_wrong_witness_vkey_is_refused(text: str) -> None:
    with pytest.raises(VerificationError):
        CosignerKey.parse(text)


def test_a_record_is_accepted_with_enough_cosigners_only() -> None:
    log = trust.World()
    log.add_document(trust.did_document())
    index = log.add_record(trust.signed())
    proof = log.proof(index)
    line = cosign(proof.checkpoint.partition("\n\n")[0] + "\n", NAME, SEED, NOW)
    cosigned = str(proof) + line
    files = {"did_document": trust.dump(trust.did_document()), "log_key": log.log_key}
    witness = str(vkey_of(NAME, SEED))

    done = verify(trust.dump(trust.signed()), log_proof=cosigned.encode(), **files, witnesses=[witness], policy=1)
    assert [made.key.name for made in done.cosigned] == [NAME]
    with pytest.raises(VerificationError) as caught:
        verify(trust.dump(trust.signed()), log_proof=str(proof).encode(), **files, witnesses=[witness], policy=1)
    assert caught.value.reason is Reason.COSIGNERS_MISSING


def test_one_key_under_two_names_counts_once() -> None:
    note = world(3).checkpoint()
    body = note.partition("\n\n")[0] + "\n"
    both = note + cosign(body, "a.example", SEED, 5) + cosign(body, "b.example", SEED, 5)
    checkpoint = trust.checkpoint_of(both)

    with pytest.raises(VerificationError):
        check_cosigned(checkpoint, [str(vkey_of("a.example", SEED)), str(vkey_of("b.example", SEED))], 2)


def test_init_makes_a_private_file_and_prints_the_vkey(tmp_path: Path, capsys) -> None:
    path = tmp_path / "key"

    assert main(["init", "--key", str(path), "--name", NAME]) == 0

    name, seed = read_key(path)
    assert capsys.readouterr().out.strip() == str(vkey_of(name, seed))
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(SystemExit):
        main(["init", "--key", str(path), "--name", NAME])
