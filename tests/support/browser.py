"""A real server and a real browser for whole journeys."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support import applications

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
MISSING = "no Chromium found: apt-get install chromium, or set YIDUN_CHROMIUM"
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def executable() -> str | None:
    """Where Chromium is, or None."""
    chosen = os.environ.get("YIDUN_CHROMIUM")
    if chosen:
        return chosen if Path(chosen).exists() else None
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class LiveServer:
    """A running web server and worker; ``base`` is the address, ``database_url`` its database."""

    base: str
    database_url: str
    var: Path
    web: subprocess.Popen[bytes]
    worker: subprocess.Popen[bytes]

    def url(self, path: str = "/") -> str:
        return self.base + path

    def run(self, *arguments: str) -> str:
        """The output of ``flask ...`` in this server's environment (``run("seed")``)."""
        env = {**os.environ, **applications.environment(self.database_url, self.var, int(self.base.rpartition(":")[2]))}
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *arguments],
            cwd=ROOT, env=env, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, log.read_text(errors="replace")
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except urllib.error.HTTPError as error:
            error.close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"{address} did not answer\n{log.read_text(errors='replace')}")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


@contextmanager
def serve(url: str, var: Path, port: int = 0) -> Iterator[LiveServer]:
    """Granian and the worker on database ``url``, at ``port`` or any free one."""
    port = port or free_port()
    env = {
        **{k: v for k, v in os.environ.items() if not k.startswith("YIDUN_")},
        **applications.environment(url, var, port), "YIDUN_ENV": "development", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    web_log, worker_log = var / "web.log", var / "worker.log"
    granian = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", "8", "--no-access-log", "--log-level", "warning", "wsgi:app",
    ]  # fmt: skip
    with web_log.open("wb") as web_out, worker_log.open("wb") as worker_out:
        web = subprocess.Popen(granian, cwd=ROOT, env=env, stdout=web_out, stderr=web_out, start_new_session=True)
        worker = subprocess.Popen(
            [sys.executable, "-m", "core.job.worker"],
            cwd=ROOT, env=env, stdout=worker_out, stderr=worker_out, start_new_session=True,
        )  # fmt: skip
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", web, web_log)
        yield LiveServer(f"http://127.0.0.1:{port}", url, var, web, worker)
    finally:
        _end(web)
        _end(worker)


@contextmanager
def launched() -> Iterator[Any]:
    """Headless Chromium, driven by playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=executable(), args=list(ARGUMENTS), headless=True)
        yield chromium
        chromium.close()


@contextmanager
def phone(chromium: Any, width: int = 390, height: int = 844) -> Iterator[tuple[Any, list[str]]]:
    """A page of the given size and the list of its complaints (script errors, refused content)."""
    complaints: list[str] = []
    context = chromium.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    page.on("console", lambda message: complaints.append(_said(message)) if _is_defect(message) else None)
    yield page, complaints
    context.close()


def _is_defect(message: Any) -> bool:
    return message.type == "error" and "Failed to load resource" not in message.text


def _said(message: Any) -> str:
    return f"console: {message.text}"
