"""Screenshots of pages at phone and desk width, to lay beside the pictures of the look.

    .venv/bin/python tools/shots.py --base http://127.0.0.1:8000 --out var/shots /styleguide /login
    .venv/bin/python tools/shots.py --login 13800000000:password --large / /home

Drives the installed Chromium over its DevTools pipe: no extra package.  Prints one line per picture, and what the
page complained about (console errors, refused resources, content wider than the screen); exit 1 if it did.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

CHROMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Browser:
    """Headless Chromium spoken to over ``--remote-debugging-pipe``."""

    def __init__(self) -> None:
        binary = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMES)), None)
        if binary is None:
            raise SystemExit("no Chromium found; set CHROMIUM to its path")
        self.profile = tempfile.mkdtemp(prefix="shots-")
        to_child, self._out = os.pipe()
        self._in, from_child = os.pipe()
        shell = f'exec "$0" "$@" 3<&{to_child} 4>&{from_child}'  # the browser reads 3 and writes 4
        self.process = subprocess.Popen(
            ["/bin/bash", "-c", shell, binary, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--disable-dev-shm-usage", "--remote-debugging-pipe", f"--user-data-dir={self.profile}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, pass_fds=(to_child, from_child),
        )  # fmt: skip
        os.close(to_child)
        os.close(from_child)
        self._buffer = b""
        self._next = 0
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        self.session = self.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.page(f"{domain}.enable")

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            chunk = os.read(self._in, 1 << 20)
            if not chunk:
                raise RuntimeError("the browser has gone")
            self._buffer += chunk
        message, self._buffer = self._buffer.split(b"\0", 1)
        return dict(json.loads(message))

    def call(self, method: str, params: dict[str, Any] | None = None, session: str | None = None) -> dict[str, Any]:
        """The result of one DevTools command; events met on the way are kept."""
        self._next += 1
        message: dict[str, Any] = {"id": self._next, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._next:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return dict(answer.get("result", {}))
            self.events.append(answer)

    def page(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        return self.call(method, params, self.session)

    def evaluate(self, script: str) -> Any:
        answer = self.page("Runtime.evaluate", {"expression": script, "returnByValue": True, "awaitPromise": True})
        return answer.get("result", {}).get("value")

    def open(self, url: str, seconds: float = 20.0) -> None:
        """Load ``url`` and wait until it is quiet."""
        self.events.clear()
        self.page("Page.navigate", {"url": url})
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if any(e.get("method") == "Page.loadEventFired" for e in self.events):
                time.sleep(0.25)
                self.evaluate("1")
                return
            self.events.append(self._read())

    def size(self, width: int, height: int) -> None:
        self.page(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 2 if width < 600 else 1.5, "mobile": width < 600},
        )

    def shoot(self, path: Path) -> tuple[int, int]:
        """Write the whole page as PNG; its width and height in CSS pixels."""
        box = self.page("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": box["width"], "height": min(box["height"], 12_000), "scale": 1}
        data = self.page("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})["data"]
        path.write_bytes(base64.b64decode(data))
        return int(box["width"]), int(box["height"])

    def complaints(self) -> list[str]:
        """What the page did wrong since it was opened."""
        found = []
        for event in self.events:
            params = event.get("params", {})
            if event.get("method") == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
                found.append(f"{params['entry']['text'][:200]} {params['entry'].get('url', '')}")
            if event.get("method") == "Runtime.exceptionThrown":
                found.append(params["exceptionDetails"]["text"])
        return found

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.profile, ignore_errors=True)


_FILL = """(async () => {
  const set = (n, v) => { const f = document.querySelector(n); if (f) f.value = v; return !!f; };
  const form = [...document.forms].find(f => f.querySelector("input[type=password]"));
  form.querySelector("input:not([type=hidden]):not([type=password])").value = USER;
  form.querySelector("input[type=password]").value = WORD;
  form.querySelector("button[type=submit]").click();
})()"""


def sign_in(browser: Browser, base: str, login: str) -> None:
    """Fill the login page and send it."""
    user, _, word = login.partition(":")
    browser.open(base + "/login")
    browser.events.clear()
    browser.evaluate(_FILL.replace("USER", json.dumps(user)).replace("WORD", json.dumps(word)))
    time.sleep(1.5)
    if browser.evaluate("location.pathname") == "/login":
        raise SystemExit(f"login as {user} failed")


def name_of(path: str) -> str:
    """A file name for an address."""
    parts = urlsplit(path)
    text = (parts.path.strip("/") or "home") + ("-" + parts.query if parts.query else "")
    return "".join(c if c.isalnum() else "-" for c in text)[:80]


def main() -> int:
    """Shoot every address at every width; 1 when a page complained."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--out", type=Path, default=Path("var/shots"))
    parser.add_argument("--widths", default="390,1280")
    parser.add_argument("--login", default="", help="USER:PASSWORD")
    parser.add_argument("--large", action="store_true", help="large type")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    browser, bad = Browser(), 0
    try:
        if args.login:
            sign_in(browser, args.base, args.login)
        if args.large:
            browser.open(args.base + "/?large=1")
        for path in args.paths:
            for width in map(int, args.widths.split(",")):
                browser.size(width, 844 if width < 600 else 900)
                browser.open(args.base + quote(path, safe="/?=&%#~:"))
                target = args.out / f"{name_of(path)}-{width}{'-large' if args.large else ''}.png"
                wide, high = browser.shoot(target)
                said = browser.complaints()
                if wide > width:
                    said.append(f"content is {wide} px wide on a screen of {width}")
                bad += len(said)
                print(f"{target} {wide}x{high}", *(f"\n  ! {text}" for text in said), sep="")
    finally:
        browser.close()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
