"""The stage: people by name, the clock of the story, pictures that say they are samples."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from core import clock
from core.account.actor import Actor
from core.account.queries import actor_of, load_actor, user_by_name
from core.document.service import FONTS
from core.errors import NotFound
from core.organisation import queries as organisations

if TYPE_CHECKING:
    from core.account.models import User
    from core.organisation.models import Organisation

KINDS = ("enterprise", "bureau", "office", "brand_office", "platform", "host")


@dataclass
class Stage:
    """What a chapter is given."""

    password: str
    notes: dict[str, str] = field(default_factory=dict)
    latest: datetime | None = None

    @contextmanager
    def at(self, moment: str) -> Iterator[datetime]:
        """Within the block the clock shows ``moment`` (Asia/Shanghai, ``2026-09-01 09:00``)."""
        local = datetime.fromisoformat(moment).replace(tzinfo=clock.SHANGHAI)
        self.latest = max(local, self.latest) if self.latest else local
        with clock.frozen(local):
            yield local

    def user(self, login: str) -> User:
        found = user_by_name(login)
        if found is None:
            raise NotFound(f"演示人物 {login} 还没有登场。")
        return found

    def organisation(self, name: str) -> Organisation:
        for kind in KINDS:
            for view in organisations.of_kind(kind):
                if view.name == name:
                    return organisations.load(view.id)
        raise NotFound(f"演示单位 {name} 还没有登场。")

    def actor(self, login: str, organisation: str | None = None, role: str | None = None) -> Actor:
        """The user acting for the organisation in the role, or alone."""
        user = self.user(login)
        if organisation is None or role is None:
            return load_actor(user.id, None)
        return actor_of(user.id, self.organisation(organisation).id, role)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    face = next(iter(sorted(FONTS.glob("*Regular*.ttf"))))
    return ImageFont.truetype(str(face), size)


def sample_picture(title: str, *lines: str, size: tuple[int, int] = (1200, 900)) -> bytes:
    """A drawn sheet that says what it stands for and that it is a sample."""
    sheet = Image.new("RGB", size, "#FFFDF8")
    pen = ImageDraw.Draw(sheet)
    width, height = size
    pen.rectangle((30, 30, width - 30, height - 30), outline="#5A2A1C", width=6)
    pen.rectangle((42, 42, width - 42, height - 42), outline="#5A2A1C", width=2)
    pen.text((width / 2, height * 0.2), title, fill="#2A211B", font=_font(64), anchor="mm")
    for row, line in enumerate(lines):
        pen.text((width / 2, height * 0.36 + row * 64), line, fill="#5F5248", font=_font(36), anchor="mm")
    pen.text((width / 2, height * 0.88), "演示样张，无任何效力", fill="#8F1713", font=_font(40), anchor="mm")
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=88)
    return out.getvalue()


def sample_fruit(kind: str) -> bytes:
    """A plain drawing of an apple or a jujube for listings of the story (a drawing, not a photo of real goods)."""
    sheet = Image.new("RGB", (1200, 1200), "#EBE0CC")
    pen = ImageDraw.Draw(sheet)
    if kind == "apple":
        pen.ellipse((260, 330, 820, 960), fill="#A8352C")
        pen.ellipse((400, 330, 950, 960), fill="#B3443A")
        pen.ellipse((430, 420, 560, 560), fill="#C9695C")
        pen.line((605, 390, 640, 240), fill="#5A2A1C", width=22)
        pen.ellipse((650, 215, 850, 305), fill="#2C6239")
    else:
        for x, y in ((230, 420), (520, 330), (420, 620), (700, 600)):
            pen.ellipse((x, y, x + 300, y + 340), fill="#7E9A3F")
            pen.pieslice((x, y, x + 300, y + 340), 200, 340, fill="#8C3A22")
            pen.ellipse((x + 60, y + 70, x + 120, y + 150), fill="#B7C483")
    pen.text((600, 1120), "示意图，非实物照片", fill="#5F5248", font=_font(44), anchor="mm")
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=88)
    return out.getvalue()
