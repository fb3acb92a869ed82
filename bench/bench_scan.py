"""The code page under load: every request a visit of a new device, durably written, against a bare Flask page.

Run: .venv/bin/python bench/run.py scan       (short: one round of two seconds, 10^3 codes)
     BENCH_FULL=1 .venv/bin/python bench/run.py scan   (medians of five interleaved rounds; 10^3, 10^5, 10^6 and 10^7
     codes, and 1,000,000 visits stored before the first round)
Same granian settings on both sides (2 workers, 32 threads), the same script of ``wrk`` (addresses and a new device's cookie
each time; the bare page ignores them), the database with fsync on, all on the same machine.  Without ``wrk`` the bench says so and measures nothing.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path

from results import Result

ROOT = Path(__file__).resolve().parent.parent
WORKERS, THREADS = "2", "32"
CONNECTIONS = os.environ.get("BENCH_CONNECTIONS", "64")
FULL = os.environ.get("BENCH_FULL") == "1"
ROUNDS, SECONDS = (5, 3) if FULL else (int(os.environ.get("BENCH_ROUNDS", "1")), 2)
SIZES = (10**3, 10**5, 10**6, 10**7) if FULL else (10**3,)
STORED = 10**6 if FULL else 0
SCRIPT = """
local paths = {}
for line in io.lines(os.getenv("BENCH_PATHS")) do paths[#paths + 1] = line end
local count, prefix = 0, ""
function init(args)
  math.randomseed(os.time() + tonumber(tostring({}):match("0x(%x+)"), 16) % 100000)
  prefix = string.format("%08x%08x", math.random(0, 2147483647), os.time())
end
function request()
  count = count + 1
  return wrk.format("GET", paths[math.random(#paths)], {
    ["Accept"] = "text/html", ["User-Agent"] = "Mozilla/5.0 (Linux; Android 14) bench",
    ["Cookie"] = "device=" .. prefix .. string.format("%016x", count)})
end
"""


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def _serving(target: str, env: dict[str, str], probe: str) -> Iterator[str]:
    port = _free_port()
    command = [
        str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", WORKERS, "--blocking-threads", THREADS, "--no-access-log", "--log-level", "error", target,
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env, "PORT": str(port), "PYTHONPATH": str(ROOT)})
    try:
        for _ in range(200):
            try:
                request = urllib.request.Request(
                    f"http://127.0.0.1:{port}{probe}", headers={"Accept": "text/html", "User-Agent": "Mozilla/5.0"}
                )
                with urllib.request.urlopen(request, timeout=5) as answer:
                    answer.read()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(15)


def _load(base: str, paths: Path, script: Path) -> float:
    """Requests per second as wrk counts them; any answer but 2xx is an error of the bench."""
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", str(script)]
    env = {**os.environ, "BENCH_PATHS": str(paths)}
    out = subprocess.run([*command, base + "/"], env=env, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in out, out
    found = re.search(r"Requests/sec:\s+([\d.]+)", out)
    assert found is not None, out
    return float(found[1])


def _issue(size: int, number: int) -> list[str]:
    """Addresses of random units of a new series of ``size`` codes."""
    from core.db import unit_of_work
    from tests.factories import code as make
    from tests.factories import trace as grow
    from trace.code import keys, service
    from trace.inspection import service as inspection
    from trace.log import writer
    from trace.lot import service as lots
    from trace.signing import identity
    from trace.signing import service as signing

    with unit_of_work():
        grown = grow.make_packed_lot(
            number=number, name=f"示例合作社{number}", harvested_g=1_060_000 + size * 11, pieces=1
        )
        item = grow.make_box(grown.actor, own_code="FJ-10G", net_content_g=10)
        lot = lots.pack(
            grown.actor,
            item_id=item.id,
            sources=[(grown.raw, size * 10 + 10)],
            pieces=size,
            packed_on=date(2026, 10, 18),
        )
        make.make_licence(grown)
        inspection.issue_certificate(grown.actor, lot=lot, bases=("control",))
        identity.create_key(grown.organisation.id, grown.actor)
        signing.seal_record(lot.id, actor=grown.actor, password_confirmed=True)
        lot_id, actor = lot.public_id, grown.actor
    writer.integrate()
    with unit_of_work():
        for part in range(0, size, 10**6):  # one print run has a million codes at the most
            series = service.issue_series(lot_id, min(size - part, 10**6), actor)
        key = keys.version(series.item_id, "serial", 1)
        prefix = "/" + series.link_prefix.split("//", 1)[1].split("/", 1)[1]
        units = random.Random(size).sample(range(1, size + 1), min(size, 20_000))
        return [prefix + key.serial(unit) for unit in units]


def _prepare(var: Path, database_url: str) -> dict[int, Path]:
    from core.db import db
    from core.embedded import migrate
    from tests.support import applications

    migrate.upgrade(database_url)
    files = {}
    with applications.settings_of(applications.environment(database_url, var)) as settings:
        app = applications.build(settings)
        with app.app_context():
            for number, size in enumerate(SIZES):
                files[size] = var / f"paths-{size}.txt"
                files[size].write_text("\n".join(_issue(size, 7100 + number)) + "\n", "ascii")
            _store_visits()
            db.engine.dispose()
    return files


def _store_visits() -> None:
    """Visits of the last twenty days, spread over every series."""
    from sqlalchemy import text

    from core.db import db, unit_of_work

    with unit_of_work():
        series = db.session.execute(text("select item_id, start_unit, unit_count from trace_code_series")).all()
        for item, start, count in series:
            spread = text(
                "with v as (insert into trace_scan_visit (visited_at, item_id, unit, asked, status, device) "
                "select now() - interval '20 days' * random() - interval '1 hour', :item, :start + (random() * (:count - 1))::bigint, "
                "'', 200, decode(md5(g::text), 'hex') from generate_series(1, :n) g returning item_id, unit, visited_at) "
                "insert into trace_scan_code (item_id, unit, visits, first_at, last_at) "
                "select item_id, unit, count(*), min(visited_at), max(visited_at) from v group by 1, 2"
            )
            values = {"item": item, "start": start, "count": count, "n": STORED // len(series)}
            db.session.execute(spread, values)


def run() -> list[Result]:
    """Interleaved rounds of bare page and code page; the count in the database proves that every answer was stored."""
    if shutil.which("wrk") is None:
        print("  scan bench left out: wrk is not installed (apt-get install wrk)")
        return []
    import psycopg

    from core.embedded import cluster
    from tests.support import applications

    with ExitStack() as stack:
        var = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yidun-bench-")))
        server = cluster.for_process("dev", var)
        url = server.url
        files = _prepare(var, url)
        script = var / "visit.lua"
        script.write_text(SCRIPT, "ascii")
        env = applications.environment(url, var)
        first = files[SIZES[0]].read_text("ascii").split("\n", 1)[0]
        ours = stack.enter_context(_serving("wsgi:app", env, first))
        size = _page_size(ours + first)
        bare = stack.enter_context(_serving("bench.bare:app", {"BENCH_SIZE": str(size)}, "/"))
        rates: dict[int | str, list[float]] = {"bare": [], **{count: [] for count in SIZES}}
        for count, path in files.items():
            _warm(ours, path.read_text("ascii").split()[:200])
            del count
        for _ in range(ROUNDS):
            rates["bare"].append(_load(bare, files[SIZES[0]], script))
            for count, path in files.items():
                rates[count].append(_load(ours, path, script))
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            stored = connection.execute("select count(*) from trace_scan_visit").fetchone()
    return _results(rates, size, int(stored[0]) if stored else 0)


def _page_size(address: str) -> int:
    request = urllib.request.Request(address, headers={"Accept": "text/html", "User-Agent": "Mozilla/5.0"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return len(answer.read())


def _warm(base: str, paths: list[str]) -> None:
    for path in paths:
        _page_size(base + path)


def _results(rates: dict[int | str, list[float]], size: int, stored: int) -> list[Result]:
    bare = statistics.median(rates["bare"])
    answered = sum(rate * SECONDS for count in SIZES for rate in rates[count])
    return [
        Result(
            f"code page, each visit stored, {count:,} codes issued", statistics.median(rates[count]), bare,
            against=f"bare Flask page of {size:,} bytes, same granian", goal=0.4,
            note=f"rounds {', '.join(f'{r:,.0f}' for r in rates[count])}" if FULL else "",
        )
        for count in SIZES
    ] + [Result("visits stored", float(stored), unit="rows", note=f"answers counted by wrk about {answered:,.0f}")]  # fmt: skip


if __name__ == "__main__":
    for result in run():
        print(result.line())
