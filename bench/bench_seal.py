"""Sealing and verifying: how long each takes, and what share of it is Ed25519 itself (interleaved, medians of five).

Run: python -m bench.bench_seal [records per run]
Pure work only (canonical bytes, hashes, signature, inclusion proof); the database's part is measured by the scan bench.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.support import trust
from trace.signing.canonical import canonical_bytes
from trace.verify.entry import credential_entry
from trace.verify.proof import signing_input, take_apart
from trace.verify.verifier import verify

RUNS = 5


def subject(journal: int = 14) -> dict[str, object]:
    """About the size of a real lot record: 14 journal lines, 12 test results."""
    return {
        "id": "https://id.gs1.org/01/09521234000010/10/26101701",
        "type": "Lot",
        "lotNo": "26101701",
        "journal": [
            {"no": n, "kind": "work", "on": "2026-05-18", "summary": "疏果", "massGrams": n} for n in range(journal)
        ],
        "results": [{"substance": f"农药{n}", "result": "0.021", "limit": "0.8", "unit": "mg/kg"} for n in range(12)],
    }


def timed(work: Callable[[], object], count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        work()
    return (time.perf_counter() - start) / count * 1e6


def main() -> None:
    """Print one line per kind of work: microseconds and the share of Ed25519."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    document = trust.unsigned(credentialSubject=subject())
    record = trust.signed(document)
    world = trust.World()
    for number in range(1000):
        world.add(b"entry %d" % number)
    index = world.add_record(record)
    files = {
        "log_proof": str(world.proof(index)).encode(),
        "did_document": trust.dump(trust.did_document()),
        "log_key": world.log_key,
    }
    data = canonical_bytes(record)
    private = Ed25519PrivateKey.from_private_bytes(trust.SEED)
    parts = take_apart(record)
    to_sign = signing_input(parts.document, parts.options)
    public = private.public_key()

    def seal() -> bytes:
        made = trust.signed(document)
        return canonical_bytes(made) + credential_entry(made)

    work = {
        "seal": seal,
        "ed25519 sign": lambda: private.sign(to_sign),
        "verify": lambda: verify(data, **files),
        "ed25519 verify": lambda: public.verify(parts.signature, to_sign),
    }
    found: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(RUNS):
        for name, function in work.items():
            found[name].append(timed(function, count))
    medians = {name: statistics.median(values) for name, values in found.items()}
    print(f"record of {len(data)} bytes, tree of {index + 1}, {RUNS} x {count} interleaved, median microseconds")
    print(f"seal    {medians['seal']:8.0f}  Ed25519 share {medians['ed25519 sign'] / medians['seal']:6.1%}")
    # verifying checks two signatures: the record's and the checkpoint's
    print(f"verify  {medians['verify']:8.0f}  Ed25519 share {2 * medians['ed25519 verify'] / medians['verify']:6.1%}")
    print(f"one signature: sign {medians['ed25519 sign']:.0f}, verify {medians['ed25519 verify']:.0f}")


if __name__ == "__main__":
    main()
