"""What a witness decides (C2SP tlog-witness): cosign a checkpoint only if it continues the last one it cosigned.

The state is one file per log, replaced whole and fsynced before the cosignature leaves; a lock file keeps a second
witness process out.  What looks like a fork is kept as evidence, both signed notes side by side.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from .cosign import cosign
from .merkle import check_consistency
from .note import Checkpoint, VerifierKey, split, split_body
from .reasons import Reason, VerificationError

MAX_PROOF = 63
SIZE_TYPE = "text/x.tlog.size"
PLAIN = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP status with its body."""

    status: int
    body: str
    content_type: str = PLAIN


@dataclass(frozen=True, slots=True)
class Submission:
    """A parsed add-checkpoint request."""

    old_size: int
    proof: tuple[bytes, ...]
    note: str


class Store:
    """The last cosigned checkpoint of each log, durable, and the evidence of forks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock_file = (folder / "lock").open("w")
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock_file.close()
            raise RuntimeError(f"another witness works in {folder}") from None

    def close(self) -> None:
        """Afterwards another process may work in the folder."""
        self._lock_file.close()

    def last(self, origin: str) -> str | None:
        """The note of the last cosigned checkpoint of a log, or None."""
        try:
            return self._path(origin).read_text("utf-8")
        except FileNotFoundError:
            return None

    def keep(self, origin: str, note: str) -> None:
        """Afterwards ``note`` is the last cosigned checkpoint, durably."""
        _write_whole(self._path(origin), note)

    def evidence(self, origin: str, ours: str, theirs: str, what: str) -> Path:
        """Afterwards both notes stand in a file of their own; the same pair makes one file."""
        name = hashlib.sha256(f"{ours}\0{theirs}".encode()).hexdigest()[:16]
        folder = self.folder / "forks"
        folder.mkdir(exist_ok=True)
        path = folder / f"{name}.txt"
        _write_whole(path, f"{what}\n{origin}\n\n=== cosigned by us ===\n{ours}\n=== shown to us ===\n{theirs}")
        return path

    def forks(self) -> list[Path]:
        """The evidence that nobody has put away yet."""
        return sorted((self.folder / "forks").glob("*.txt"))

    def _path(self, origin: str) -> Path:
        return self.folder / f"{hashlib.sha256(origin.encode()).hexdigest()}.checkpoint"


class Witness:
    """One witness key over the logs it knows; thread-safe."""

    def __init__(
        self,
        name: str,
        seed: bytes,
        logs: Sequence[VerifierKey],
        store: Store,
        *,
        clock: Callable[[], int],
        alarm: Callable[[str], None],
    ) -> None:
        self.name, self._seed, self._store, self._clock, self._alarm = name, seed, store, clock, alarm
        self.logs: dict[str, list[VerifierKey]] = {}
        for key in logs:
            self.logs.setdefault(key.name, []).append(key)
        self._one_at_a_time = threading.Lock()

    def add_checkpoint(self, body: bytes) -> Answer:
        """The answer to an add-checkpoint request."""
        try:
            given = read_submission(body)
            origin = split_body(split(given.note)[0])[0]
        except (ValueError, VerificationError) as error:
            return Answer(400, f"{error}\n")
        if origin not in self.logs:
            return Answer(404, "unknown log\n")
        checkpoint = self._signed(given.note, origin)
        if checkpoint is None:
            return Answer(403, "not signed by a key of this log\n")
        if given.old_size > checkpoint.size:
            return Answer(400, "the old size is larger than the checkpoint\n")
        with self._one_at_a_time:
            return self._decide(given, checkpoint)

    def status(self) -> str:
        """One line per log: origin and the size last cosigned; and how many forks wait for somebody to look."""
        lines = [f"{origin} {self._last_size(origin)}" for origin in sorted(self.logs)]
        return "\n".join([*lines, f"forks {len(self._store.forks())}"]) + "\n"

    def _decide(self, given: Submission, checkpoint: Checkpoint) -> Answer:
        ours = self._store.last(checkpoint.origin)
        last = self._signed(ours, checkpoint.origin) if ours is not None else None
        if ours is not None and last is None:
            return Answer(500, "the stored checkpoint does not verify\n")
        size = last.size if last else 0
        if last is not None and checkpoint.size == last.size and checkpoint.root != last.root:
            self._fork(given, ours or "", "two roots for one size")
            return Answer(409, f"{size}\n", SIZE_TYPE)
        if given.old_size != size:
            return Answer(409, f"{size}\n", SIZE_TYPE)
        try:
            self._check_continues(given, last, checkpoint)
        except VerificationError as error:
            self._alarm(f"{checkpoint.origin}: a signed checkpoint of {checkpoint.size} came without a valid proof")
            return Answer(422, f"{error.detail}\n")
        text, _ = split(given.note)
        line = cosign(text, self.name, self._seed, self._clock())
        self._store.keep(checkpoint.origin, given.note)
        return Answer(200, line)

    def _check_continues(self, given: Submission, last: Checkpoint | None, new: Checkpoint) -> None:
        if last is None or last.size == 0:
            if given.proof:
                raise VerificationError(Reason.INCLUSION_INVALID, "a proof from the empty tree is empty")
            return
        check_consistency(last.size, new.size, last.root, new.root, given.proof)

    def _fork(self, given: Submission, ours: str, what: str) -> None:
        origin = split_body(split(given.note)[0])[0]
        path = self._store.evidence(origin, ours, given.note, what)
        self._alarm(f"FORK {origin}: {what}; evidence in {path}")

    def _signed(self, note: str, origin: str) -> Checkpoint | None:
        for key in self.logs[origin]:
            try:
                return Checkpoint.parse(note, key)
            except VerificationError:
                continue
        return None

    def _last_size(self, origin: str) -> int:
        note = self._store.last(origin)
        return split_body(split(note)[0])[1] if note else 0


def read_submission(body: bytes) -> Submission:
    """The request ``old <size>``, proof lines, blank line, checkpoint; ValueError for every malformed line."""
    text = body.decode("utf-8")
    head, blank, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    word, _, number = first.partition(" ")
    is_number = number.isascii() and number.isdigit() and (number == "0" or number[0] != "0") and len(number) <= 19
    if not blank or word != "old" or not is_number:
        raise ValueError("the first line is 'old <size>', and a blank line ends the proof")
    if len(lines) > MAX_PROOF:
        raise ValueError("a proof has at most 63 lines")
    try:
        proof = tuple(base64.b64decode(line.encode("ascii"), validate=True) for line in lines)
    except (binascii.Error, UnicodeEncodeError):
        raise ValueError("a proof line is not base64") from None
    if any(len(value) != 32 for value in proof):
        raise ValueError("a proof line is not a hash of 32 bytes")
    return Submission(int(number), proof, note)


def write_submission(old_size: int, proof: Sequence[bytes], note: str) -> bytes:
    """The request body for a checkpoint."""
    lines = [f"old {old_size}", *(base64.b64encode(value).decode("ascii") for value in proof), "", note]
    return "\n".join(lines).encode()


def _write_whole(path: Path, text: str) -> None:
    fresh = path.with_name(path.name + ".new")
    with fresh.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
