"""What a monitor finds out from the entries of a log and the documents behind them.

``from_entries`` needs the entries only; ``Documents`` fetches what the new entries are about: each document must have the
hash that was logged, a good signature, and a key that had not ended; a DID's history must only grow; a status bit never
goes back; a lot's list of events begins as the one before it; and no lot may have more units than it was sealed with (TRUST 5).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from . import did, status
from .canonical import canonical_hash, parse_object
from .entry import AUDIT_HEAD, DID_DOCUMENT, RECALL, SERIES_ROOT, STATUS_LIST, VC, entry_of, read_entry
from .events import CREDENTIAL_TYPE as EVENT_LIST
from .events import claims_of
from .reasons import Reason, VerificationError
from .verifier import check_signed

Fetch = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be: a stable code, where, and the detail."""

    code: str
    where: str
    detail: str

    def __str__(self) -> str:
        return f"{self.code} {self.where}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the log, read."""

    index: int
    data: bytes
    fields: dict[str, Any]

    @property
    def kind(self) -> str:
        return str(self.fields["kind"])

    @property
    def where(self) -> str:
        return f"entry {self.index} ({self.kind})"


def read_all(entries: Sequence[bytes]) -> tuple[list[Entry], list[Finding]]:
    """The entries that are ours, and a finding for each that is not."""
    read, findings = [], []
    for index, data in enumerate(entries):
        try:
            read.append(Entry(index, data, read_entry(data)))
        except VerificationError as error:
            findings.append(Finding("bad_entry", f"entry {index}", error.detail))
    return read, findings


def from_entries(entries: Sequence[Entry]) -> Iterator[Finding]:
    """What the entries alone give away: overlapping unit numbers of one item, audit heads that go back."""
    ranges: dict[str, list[tuple[int, int, Entry]]] = defaultdict(list)
    count, head = 0, ""
    for entry in entries:
        if entry.kind == SERIES_ROOT:
            first = int(entry.fields["first"])
            ranges[entry.fields["item"]].append((first, first + int(entry.fields["count"]), entry))
        elif entry.kind == AUDIT_HEAD:
            if entry.fields["count"] < count or (entry.fields["count"] == count and entry.fields["hash"] != head):
                yield Finding(
                    "audit_head_back", entry.where, f"covers {entry.fields['count']} rows, {count} were covered"
                )
            count, head = int(entry.fields["count"]), str(entry.fields["hash"])
    for item, given in ranges.items():
        given.sort(key=lambda one: one[0])
        highest = -1
        for start, end, entry in given:
            if start < highest:
                yield Finding("units_overlap", entry.where, f"unit {start} of {item} was issued before")
            highest = max(highest, end)


class Documents:
    """The documents behind the entries, fetched from the platform and checked against the log."""

    def __init__(self, fetch: Fetch, entries: Sequence[Entry]) -> None:
        self._fetch, self._entries = fetch, entries
        self._histories: dict[str, list[tuple[int, dict[str, Any]]]] = {}
        self._records: dict[str, tuple[Entry, dict[str, Any]]] = {}
        self._lists: dict[str, Entry] = {}  # lots with a new list of events

    def findings(self, since: int) -> Iterator[Finding]:
        """Everything wrong with the documents behind the entries from index ``since`` on."""
        new = [entry for entry in self._entries if entry.index >= since]
        for name in dict.fromkeys(entry.fields["subject"] for entry in new if entry.kind == DID_DOCUMENT):
            yield from self._did_history(name)
        for address in dict.fromkeys(entry.fields["subject"] for entry in new if entry.kind == STATUS_LIST):
            yield from self._status_history(address)
        for entry in new:
            if entry.kind in (VC, SERIES_ROOT, RECALL):
                yield from self._credential(entry)
        for lot, entry in self._lists.items():
            yield from self._event_lists(lot, entry.fields["issuer"])
        for lot in dict.fromkeys(entry.fields["lot"] for entry in new if entry.kind == SERIES_ROOT):
            yield from self._sum(lot)

    def _did_history(self, name: str) -> Iterator[Finding]:
        logged = [entry for entry in self._entries if entry.kind == DID_DOCUMENT and entry.fields["subject"] == name]
        before: dict[str, Any] | None = None
        history: list[tuple[int, dict[str, Any]]] = []
        for number, entry in enumerate(logged, 1):
            try:
                document = self._get(f"{_did_path(name)}?version={number}")
            except (VerificationError, ValueError) as error:
                yield Finding("missing_document", entry.where, f"{name} version {number}: {error}")
                continue
            if canonical_hash(document).hex() != entry.fields["hash"]:
                yield Finding(
                    "document_differs", entry.where, f"{name} version {number} is not the one that was logged"
                )
            if did.version_of(document) != str(number):
                yield Finding(
                    "did_version",
                    entry.where,
                    f"{name}: document says version {did.version_of(document)}, the log {number}",
                )
            if before is not None:
                yield from (Finding("did_history", entry.where, text) for text in _shrunk(before, document))
            before = document
            history.append((entry.index, document))
        self._histories[name] = history

    def _status_history(self, address: str) -> Iterator[Finding]:
        logged = [entry for entry in self._entries if entry.kind == STATUS_LIST and entry.fields["subject"] == address]
        before = b""
        for number, entry in enumerate(logged, 1):
            try:
                document = self._get(f"{urlsplit(address).path}?version={number}")
                if entry_of(document) != entry.data:
                    raise VerificationError(Reason.LEAF_MISMATCH, "not the version that was logged")
                yield from self._signature(entry, document)
                bits = status.decode(document["credentialSubject"]["encodedList"])
            except (VerificationError, KeyError, TypeError) as error:
                yield Finding("status_list", entry.where, f"{address} version {number}: {error}")
                continue
            if len(bits) < len(before) or any(old & ~new for old, new in zip(before, bits, strict=False)):
                yield Finding("status_back", entry.where, f"{address} version {number} takes a withdrawal back")
            before = bits

    def _credential(self, entry: Entry) -> Iterator[Finding]:
        try:
            document = self._get(f"/trace/records/sha256/{entry.fields['hash']}.json")
        except VerificationError as error:
            yield Finding("missing_document", entry.where, error.detail)
            return
        try:
            if entry_of(document) != entry.data:
                yield Finding("document_differs", entry.where, "the served document is not the one that was logged")
                return
            yield from self._signature(entry, document)
        except VerificationError as error:
            yield Finding(error.reason.value, entry.where, error.detail)
            return
        if EVENT_LIST in document.get("type", []):
            self._lists[entry.fields["subject"]] = entry
        if "LotRecord" in document.get("type", []):
            self._records[entry.fields["subject"]] = (entry, document)

    def _event_lists(self, lot: str, issuer: str) -> Iterator[Finding]:
        """Each list of a lot's events against the one before: an event that was listed is never dropped or moved."""
        before: list[str] = []
        for entry in self._entries:
            if entry.kind != VC or (entry.fields["subject"], entry.fields["issuer"]) != (lot, issuer):
                continue
            try:
                document = self._get(f"/trace/records/sha256/{entry.fields['hash']}.json")
                if EVENT_LIST not in document.get("type", []):
                    continue
                listed = [one.event_id for one in claims_of(document).events]
            except VerificationError as error:
                yield Finding("event_list", entry.where, error.detail)
                continue
            if listed[: len(before)] != before:
                yield Finding("event_list_back", entry.where, f"the list of {lot} drops or moves events listed before")
            before = listed

    def _signature(self, entry: Entry, document: dict[str, Any]) -> Iterator[Finding]:
        history = self._history_of(entry.fields["issuer"])
        if not history:
            raise VerificationError(Reason.KEY_NOT_FOUND, f"no DID document of {entry.fields['issuer']} is in the log")
        _, key = check_signed(document, history[-1][1])
        if not key.ended:
            return
        ending = [index for index, doc in history if did.version_of(doc) == key.ended_in]
        if not ending or entry.index >= ending[0]:
            yield Finding("key_ended", entry.where, f"signed with {key.method}, which had ended before")

    def _sum(self, lot: str) -> Iterator[Finding]:
        series = [entry for entry in self._entries if entry.kind == SERIES_ROOT and entry.fields["lot"] == lot]
        found = self._record_of(lot)
        if found is None:
            yield Finding("series_without_record", series[-1].where, f"no sealed record of {lot} can be read")
            return
        subject = found["credentialSubject"]
        try:
            net, sealed = int(subject["item"]["netContentGrams"]), int(subject["quantity"]["massGrams"])
            item = str(subject["item"]["id"])
        except (KeyError, TypeError, ValueError):
            yield Finding("series_without_record", series[-1].where, f"the record of {lot} states no quantity")
            return
        issued = (sum(int(entry.fields["count"]) for entry in series) - sum(map(self._voided, series))) * net
        if issued > sealed:
            yield Finding("series_sum", series[-1].where, f"codes for {issued} g of {lot}, sealed are {sealed} g")
        if any(entry.fields["item"] != item for entry in series):
            yield Finding("series_item", series[-1].where, f"codes of {lot} are of another item than its record")

    def _voided(self, series: Entry) -> int:
        """How many units of a series its issuer has voided by logged statements; each unit counts once."""
        first, last = int(series.fields["first"]), int(series.fields["first"]) + int(series.fields["count"]) - 1
        ranges: list[tuple[int, int]] = []
        for entry in self._entries:
            if entry.kind != VC or any(entry.fields[name] != series.fields[name] for name in ("subject", "issuer")):
                continue
            try:
                document = self._get(f"/trace/records/sha256/{entry.fields['hash']}.json")
                if entry_of(document) != entry.data or "CodeSeriesChange" not in document.get("type", []):
                    continue
                change = document["credentialSubject"]
                begin, end = int(change["firstUnit"]), int(change["firstUnit"]) + int(change["count"]) - 1
            except (VerificationError, KeyError, TypeError, ValueError):
                continue
            if change.get("change") == "void" and first <= begin <= end <= last:
                ranges.append((begin, end))
        covered, total = first - 1, 0
        for begin, end in sorted(ranges):
            total += max(0, end - max(begin, covered + 1) + 1)
            covered = max(covered, end)
        return total

    def _record_of(self, lot: str) -> dict[str, Any] | None:
        """The latest full record of a lot, fetched where this run has not seen it."""
        if lot in self._records:
            return self._records[lot][1]
        for entry in reversed(self._entries):
            if entry.kind == VC and entry.fields["subject"] == lot:
                try:
                    document = self._get(f"/trace/records/sha256/{entry.fields['hash']}.json")
                    fits = entry_of(document) == entry.data and "LotRecord" in document.get("type", [])
                except VerificationError:
                    continue
                if fits:
                    return document
        return None

    def _history_of(self, name: str) -> list[tuple[int, dict[str, Any]]]:
        if name not in self._histories:
            list(self._did_history(name))  # its findings were reported by the run that first saw it
        return self._histories[name]

    def _get(self, path: str) -> dict[str, Any]:
        data = self._fetch(path)
        if data is None:
            raise VerificationError(Reason.BAD_JSON, f"{path} is not served")
        return parse_object(data)


def _did_path(name: str) -> str:
    """The path of a did:web document on its host."""
    return urlsplit(did.did_web_url(name)).path


def _shrunk(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """What a later version of a DID document took back: a key, its bytes, or its end."""
    later = {method.get("id"): method for method in after.get("verificationMethod", []) if isinstance(method, dict)}
    for method in before.get("verificationMethod", []):
        now = later.get(method.get("id"))
        if now is None:
            yield f"{method.get('id')} was taken out"
        elif any(name in method and method[name] != now.get(name) for name in _LASTING):
            yield f"{method.get('id')} was changed"


_LASTING = ("publicKeyMultibase", "controller", "expires", "revoked", "endedInDocumentVersion")
