"""A person with a phone: fills forms by their fields, presses what is written on the buttons."""

from __future__ import annotations

import io
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from tests.support.browser import LiveServer


def photo(tmp_path: Path, name: str = "photo.jpg") -> str:
    """A small picture on disk, as a phone would hand it over."""
    out = io.BytesIO()
    Image.new("RGB", (800, 600), (200, 190, 170)).save(out, "JPEG")
    path = tmp_path / name
    path.write_bytes(out.getvalue())
    return str(path)


def password_of_the_story(server: LiveServer) -> str:
    """The password all people of the demo story have in this installation."""
    return str(json.loads((server.var / "demo.json").read_text("utf-8"))["password"])


def notes_of_the_story(server: LiveServer) -> dict[str, str]:
    """Addresses the demo story left behind."""
    return dict(json.loads((server.var / "demo.json").read_text("utf-8"))["notes"])


@dataclass
class Phone:
    """One signed-in (or anonymous) person's browser page."""

    page: Any
    server: LiveServer

    def open(self, path: str) -> None:
        self.page.goto(self.server.url(path) if path.startswith("/") else path)
        self.check()

    def check(self) -> None:
        """No page scrolls sideways on a phone, and each has one title."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px too wide"
        assert self.page.locator("h1").count() == 1, f"{self.page.url} has {self.page.locator('h1').count()} titles"

    def _set(self, form: Any, name: str, value: Any) -> None:
        found = form.locator(f"[name='{name}']")
        kind = found.first.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
        if kind == "select":
            options = found.first.locator("option")
            label = next(o for o in options.all_inner_texts() if str(value) in o)
            found.first.select_option(label=label)
        elif kind == "radio":
            form.locator(f"[name='{name}'][value='{value}']").check()
        elif kind == "checkbox":
            for one in found.all():
                one.check()
        elif kind == "file":
            found.first.set_input_files(value)
        else:
            found.first.fill(str(value))

    def send(self, **fields: Any) -> None:
        """Fill the fields of one form (a choice by its words) and press its button."""
        names = {name.replace("__", "-"): value for name, value in fields.items()}
        form = self.page.locator("main form").filter(has=self.page.locator(f"[name='{next(iter(names))}']")).last
        for name, value in names.items():
            self._set(form, name, value)
        with self.page.expect_navigation():
            form.locator("button[type=submit]").last.click()
        self.check()

    def press(self, label: str) -> None:
        """Press a button or follow a link by what is written on it."""
        target = self.page.locator("main button, main a").filter(has_text=label).first
        with self.page.expect_navigation():
            target.click()
        self.check()

    def sees(self, *texts: str) -> None:
        body = self.page.locator("body").inner_text()
        for text in texts:
            assert text in body, f"{text!r} is not on {self.page.url}:\n{body[:1500]}"

    def sign_in(self, name: str, password: str) -> None:
        self.open("/login")
        self.send(name=name, password=password)

    def wait_for(self, path: str, text: str, seconds: float = 20) -> None:
        """Reload until the page says ``text``."""
        until = time.monotonic() + seconds
        while True:
            self.open(path)
            if text in self.page.locator("body").inner_text():
                return
            assert time.monotonic() < until, f"{path} never said {text!r}"
            time.sleep(0.3)
