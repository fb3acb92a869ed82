"""Templates to bytes: no request, no session, no locale look-up.  What differs per visit is left as slots."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote

from flask import Flask
from markupsafe import Markup, escape

from core import clock
from core.ui.assets import scan_css
from core.ui.icons import icon
from trace.scan.words import translator

VISITS, PATH = "@@VISITS@@", "@@PATH@@"
REPEATED = 2
# The few rules the code page needs beyond the shared ones: an input, and the sketch of the place.
_OWN_CSS = (
    ".type-in{width:100%;min-height:3rem;padding:.5rem .75rem;border:1px solid var(--edge);border-radius:var(--r-control);"
    "background:var(--sheet);color:var(--ink);font:inherit}.map{display:block;width:100%;margin-top:.75rem}"
    ".check-form{padding:1rem 1rem 0}.check-form .note{margin-top:.5rem}.check-form button{margin-top:.75rem}"
    ".check-form label.note{display:block;margin:.75rem 0 .25rem}.type-in~.btn-y{margin-top:.75rem}"
    "h1.q{display:flex;align-items:center;gap:.75rem}h1.q .i{width:2rem;height:2rem}.sheet .big{font-size:1.5rem;font-weight:700}p.in{padding:.625rem 0}.type-in+p{padding-top:.75rem}"
    ".scan-table th:last-child,.scan-table td:last-child{text-align:right}.scan-table th.num{text-align:right}"
)


@cache
def style() -> tuple[Markup, str]:
    """The whole inline style and the policy that accepts exactly it and nothing else."""
    text = scan_css().text + _OWN_CSS
    digest = base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self' data:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    )
    return Markup(text), policy  # noqa: S704 - our own style sheet


@dataclass(frozen=True, slots=True)
class Chunks:
    """A rendered page cut at its slots: plain bytes between, slot names in order."""

    parts: tuple[bytes, ...]
    slots: tuple[str, ...]

    def join(self, values: dict[str, bytes]) -> bytes:
        """The page with the slots filled."""
        out = [self.parts[0]]
        for slot, part in zip(self.slots, self.parts[1:], strict=True):
            out += (values[slot], part)
        return b"".join(out)


def cut(html: str) -> Chunks:
    """The page cut at every slot."""
    parts: list[bytes] = []
    slots: list[str] = []
    rest = html
    while True:
        places = [(rest.index(slot), slot) for slot in (VISITS, PATH) if slot in rest]
        if not places:
            return Chunks((*parts, rest.encode("utf-8")), tuple(slots))
        at, slot = min(places)
        parts.append(rest[:at].encode("utf-8"))
        slots.append(slot)
        rest = rest[at + len(slot) :]


def page(app: Flask, which: str, lang: str, *, large: bool, **values: Any) -> str:
    """The HTML of a template of this room in a language and type size."""
    template = app.jinja_env.get_template(f"trace/scan/{which}.html")
    return template.render(t=translator(lang), lang=lang, large=large, css=style()[0], **values)


def visits_block(lang: str, *, visits: int, first_at: datetime | None, serial: str, covered: bool, path: str) -> bytes:
    """The one block that differs per visit: how often opened, when first, the code to compare with the way to its proof,
    the covered-code form."""
    words = _block_words(lang, covered=covered, repeated=visits >= REPEATED)
    groups = "".join([f"<i>{serial[i : i + 4]}</i>" for i in range(0, len(serial), 4)])
    often = words.often.replace("{n}", f"{visits:,}") if visits else words.never
    parts = (
        words.head,
        often,
        words.first,
        moment(lang, first_at),
        words.code,
        groups,
        words.proof,
        quote(path, safe=""),
        words.proof_end,
    )
    form = (words.form, str(escape(path)), words.end) if covered else ()
    return "".join((*parts, *form)).encode("utf-8")


@dataclass(frozen=True, slots=True)
class _BlockWords:
    """The fixed pieces of the block, translated once."""

    head: str
    often: str
    never: str
    first: str
    code: str
    proof: str
    proof_end: str
    form: str
    end: str


@cache
def _block_words(lang: str, *, covered: bool, repeated: bool) -> _BlockWords:
    t = translator(lang)
    note = ""
    if repeated:
        words = (
            "家人、店员扫过也会计数。如果箱子刚拆封，而首次打开早于你收到货，请先查防伪码，再问卖家。"
            if covered
            else "家人、店员扫过也会计数。如果首次打开早于你收到货，请与卖家或 12315 核实。"
        )
        note = f'<div class="say say-todo">{icon("alert", 24)}<div>{t(words)}</div></div>'
    own = f'</span><span class="note">{t("请与箱上标签核对")}</span></div>'
    form = (
        f'"><label class="sr" for="covered">{t("13 位防伪码")}</label>'
        f'<input class="type-in" id="covered" name="covered" maxlength="30" autocomplete="off" required '
        f'placeholder="{t("13 位防伪码")}"><label class="note" for="city">{t("所在城市，可不填，用来发现异地查验")}</label>'
        f'<input class="type-in" id="city" name="city" maxlength="20" autocomplete="off"><button class="btn-y b-primary b-wide" type="submit">{icon("search")}{t("查防伪码")}</button>'
        f'<p class="note">{t("刮开标签涂层，输入 13 位防伪码，可知这一箱是否第一次被查验。")}</p></form>'
    )
    return _BlockWords(
        head=f'<div class="visits"><div>{t("这个码被打开")}<b class="big">',
        often=t("第 {n} 次", n="{n}"),
        never=t("还没有记录"),
        first=f"</b></div><div>{t('首次打开')}<b>",
        code=f'</b></div></div>{note}<div class="own-code"><span>{t("本箱编号")}</span><span class="code">',
        proof=own + '<a class="go" href="/scan/proof?path=',
        proof_end=f'"><span>{t("这个编号确实发过，看证明")}</span>{icon("chevron")}</a>',
        form='<form class="check-form" method="post" action="',
        end=form,
    )


@lru_cache(maxsize=4096)
def moment(lang: str, at: datetime | None) -> str:
    """A moment as the page writes it; a dash where there is none."""
    if at is None:
        return "–"
    first = clock.local(at)
    return f"{first:%Y-%m-%d %H:%M}" if lang == "en" else f"{first.year}年{first.month}月{first.day}日 {first:%H:%M}"
