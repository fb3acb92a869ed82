"""``yidun-monitor``: what a stranger runs against the platform, again and again, from another machine.

It keeps its own copy of all entries, so a log that was rewritten is found out at the next run: the new checkpoint must
continue the tree seen before.  Exit 0: nothing found; 1: findings; 2: wrong usage; 3: the platform cannot be reached.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import audit
from .audit import Fetch, Finding
from .cosign import Cosignature, CosignerKey, cosignatures
from .merkle import leaf_hash
from .note import Checkpoint, VerifierKey
from .reasons import Reason, VerificationError
from .tree import HEIGHT, WIDTH, Growing, read_bundle, tile_path

STALE_SECONDS = 24 * 3600
MAX_ANSWER = 64 * 1024 * 1024


@dataclass
class Report:
    """What one run saw."""

    origin: str = ""
    size: int = 0
    new: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    cosigners: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The report for people."""
        yield f"日志 {self.origin}：共 {self.size} 条，上次以后新增 {self.new} 条。"
        yield "各类条目：" + "，".join(f"{kind} {count}" for kind, count in sorted(self.kinds.items()))
        yield f"见证：{'、'.join(self.cosigners)}" if self.cosigners else "见证：没有（或没有给出 --witness）"
        yield from (f"发现问题 {finding}" for finding in self.findings)
        yield f"共发现 {len(self.findings)} 处问题。" if self.findings else "没有发现问题。"


class Monitor:
    """One run over one log; ``state`` is the folder with what was seen before."""

    def __init__(
        self, fetch: Fetch, key: VerifierKey, state: Path, *, witnesses: Sequence[CosignerKey] = (), policy: int = 0
    ) -> None:
        self._fetch, self._key, self._state = fetch, key, state
        self._witnesses, self._policy = witnesses, policy
        self._promises: list[tuple[Checkpoint, str]] = []

    def run(self, now: int) -> Report:
        """Look at everything new; what was seen is kept only if the log continues what was seen before."""
        report = Report(origin=self._key.name)
        try:
            checkpoint = Checkpoint.parse(self._text("/log/checkpoint"), self._key)
            seen = self._seen()
        except VerificationError as error:
            report.findings.append(Finding(error.reason.value, "checkpoint", error.detail))
            return report
        report.size = checkpoint.size
        report.findings += self._cosigned(checkpoint, report, now)
        if seen is not None and checkpoint.size < seen.size:
            text = f"{checkpoint.size} entries are served, {seen.size} were seen before"
            report.findings.append(Finding("shrunk", "checkpoint", text))
        try:
            known = self._known(seen.size if seen else 0)
            entries = known + self._new_entries(len(known), checkpoint.size, known)
        except ValueError as error:
            report.findings.append(Finding("bundle", "entries", str(error)))
            return report
        self._promises += [(checkpoint, "checkpoint"), *([(seen, "seen before")] if seen else [])]
        tree, findings = _grow(entries, self._promises)
        report.findings += findings
        report.new = max(0, checkpoint.size - len(known))
        if not findings:
            report.findings += self._tiles(tree, len(known))
            self._keep(checkpoint, entries[len(known) :], known)
        elif self._state.exists():
            (self._state / f"evidence-{checkpoint.size}.checkpoint").write_text(checkpoint.note, "utf-8")
        read, bad = audit.read_all(entries[: checkpoint.size])
        report.kinds = dict(Counter(entry.kind for entry in read))
        report.findings += [*bad, *audit.from_entries(read)]
        report.findings += audit.Documents(self._fetch, read).findings(len(known))
        return report

    def _cosigned(self, checkpoint: Checkpoint, report: Report, now: int) -> Iterator[Finding]:
        try:
            found = cosignatures(checkpoint.note, self._witnesses)
            if self._witnesses and not found:
                found = self._earlier_cosigned()
        except VerificationError as error:
            yield Finding(error.reason.value, "checkpoint", error.detail)
            return
        fresh = [made for made in found if now - made.time <= STALE_SECONDS]
        report.cosigners = [made.key.name for made in fresh]
        if len(fresh) < self._policy:
            yield Finding(
                "cosigners_missing", "checkpoint", f"{len(fresh)} fresh cosignatures, {self._policy} are wanted"
            )

    def _earlier_cosigned(self) -> list[Cosignature]:
        """On a busy log the newest checkpoint is not cosigned yet: the newest one that is."""
        data = self._fetch("/log/checkpoint?cosigned=1")
        if data is None:
            return []
        checkpoint = Checkpoint.parse(data.decode("utf-8", "replace"), self._key)
        self._promises.append((checkpoint, "cosigned checkpoint"))
        return cosignatures(checkpoint.note, self._witnesses)

    def _new_entries(self, have: int, size: int, known: list[bytes]) -> list[bytes]:
        found: list[bytes] = []
        for number in range(have // WIDTH, -(-size // WIDTH)):
            first = number * WIDTH
            width = min(WIDTH, size - first)
            data = self._fetch(f"/log/{tile_path('entries', number, width)}")
            if data is None:
                raise ValueError(f"bundle {number} of width {width} is not served")
            bundle = read_bundle(data)
            if len(bundle) != width:
                raise ValueError(f"bundle {number} holds {len(bundle)} entries, {width} are wanted")
            old = max(0, have - first)
            if bundle[:old] != known[first : first + old]:
                raise ValueError(f"bundle {number} differs from what was served before")
            found += bundle[old:]
        return found

    def _tiles(self, tree: Growing, have: int) -> Iterator[Finding]:
        for level, hashes in enumerate(tree.levels):
            for number in range((have >> (HEIGHT * level)) // WIDTH, -(-len(hashes) // WIDTH)):
                expected = tree.tile(level, number)
                path = tile_path(level, number, len(expected) // 32)
                if self._fetch(f"/log/{path}") != expected:
                    yield Finding("tile_differs", path, "the served tile is not the one of the entries")

    def _seen(self) -> Checkpoint | None:
        path = self._state / "checkpoint"
        return Checkpoint.parse(path.read_text("utf-8"), self._key) if path.exists() else None

    def _known(self, size: int) -> list[bytes]:
        path = self._state / "entries"
        known = read_bundle(path.read_bytes())[:size] if path.exists() else []
        if len(known) < size:
            raise ValueError("the state folder lacks entries; start anew in an empty folder")
        return known

    def _keep(self, checkpoint: Checkpoint, new: list[bytes], known: list[bytes]) -> None:
        self._state.mkdir(parents=True, exist_ok=True)
        if checkpoint.size >= len(known):
            entries = b"".join(len(entry).to_bytes(2, "big") + entry for entry in (*known, *new))
            (self._state / "entries").write_bytes(entries)
            (self._state / "checkpoint").write_text(checkpoint.note, "utf-8")

    def _text(self, path: str) -> str:
        data = self._fetch(path)
        if data is None:
            raise VerificationError(Reason.CHECKPOINT_INVALID, f"{path} is not served")
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            raise VerificationError(Reason.CHECKPOINT_INVALID, "not UTF-8") from None


def _grow(entries: list[bytes], promised: list[tuple[Checkpoint, str]]) -> tuple[Growing, list[Finding]]:
    """The tree of the entries, and whether every checkpoint is a state of it."""
    tree, found = Growing(), []
    for given, what in sorted(promised, key=lambda one: one[0].size):
        size, root = given.size, given.root
        while tree.size < min(size, len(entries)):
            tree.append(leaf_hash(entries[tree.size]))
        if (tree.size, tree.root()) != (size, root):
            found.append(Finding("fork", what, f"the entries lead to another root at size {size}"))
    return tree, found


def http(base: str) -> Fetch:
    """Fetch below ``base``; None for 404, OSError where it cannot be reached."""

    def fetch(path: str) -> bytes | None:
        request = urllib.request.Request(base.rstrip("/") + path, headers={"User-Agent": "yidun-monitor"})  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the scheme is checked by main
                data: bytes = answer.read(MAX_ANSWER + 1)
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 404:
                    return None
                raise OSError(f"{path}: HTTP {error.code}") from None
        if len(data) > MAX_ANSWER:
            raise OSError(f"{path}: the answer is too long")
        return data

    return fetch


def build_parser() -> argparse.ArgumentParser:
    """The command line, with Chinese help."""
    parser = argparse.ArgumentParser(
        prog="yidun-monitor", description="从外面监督存证日志：前后一致、条目、赋码数量、身份历史。"
    )
    parser.add_argument("base", metavar="https://…", help="平台网址")
    parser.add_argument("--log-key", required=True, metavar="VKEY", help="日志公钥")
    parser.add_argument("--state", type=Path, required=True, help="存放上次所见的文件夹，不要放在平台的机器上")
    parser.add_argument("--witness", action="append", default=[], metavar="VKEY", help="见证方公钥，可给多个")
    parser.add_argument("--policy", type=int, default=0, metavar="K", help="24 小时内至少要几家见证签名")
    parser.add_argument("--json", action="store_true", help="结果写成 JSON")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run once; returns the exit status."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    if not options.base.startswith(("https://", "http://")):
        parser.error("网址以 https:// 开头")
    try:
        key = VerifierKey.parse(options.log_key)
        witnesses = [CosignerKey.parse(text) for text in options.witness]
    except VerificationError as error:
        parser.error(str(error))
    monitor = Monitor(http(options.base), key, options.state, witnesses=witnesses, policy=options.policy)
    try:
        report = monitor.run(int(time.time()))
    except OSError as error:
        print(f"平台连不上：{error}", file=sys.stderr)
        return 3
    if options.json:
        found = [{"code": one.code, "where": one.where, "detail": one.detail} for one in report.findings]
        print(json.dumps({**report.__dict__, "findings": found}, ensure_ascii=False))
    else:
        print("\n".join(report.lines()))
    return 1 if report.findings else 0


if __name__ == "__main__":
    raise SystemExit(main())
