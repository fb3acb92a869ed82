"""Own icons (24-unit grid, 2-unit line), the seal, the word mark and the brand mark as inline SVG.

Every function returns ``Markup`` built from constants and escaped arguments; none carries a style attribute.
"""

from __future__ import annotations

from markupsafe import Markup, escape

from core.ui.artwork import MARK, SEAL_LOWER, SEAL_UPPER, WORD
from core.ui.markup import svg

_LINE: dict[str, str] = {
    "home": '<path d="M3 11l9-7 9 7M6 9.5V20h12V9.5"/>',
    "bell": '<path d="M4 18h16c-1.5-1.5-2-3-2-7a6 6 0 0 0-12 0c0 4-.5 5.5-2 7zM10 21h4"/>',
    "leaf": '<path d="M5 19C3 10 9 4 20 4c0 11-6 17-15 15zM4 21C7 15 10 12 14 10"/>',
    "box": '<path d="M12 3l8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9"/>',
    "tag": '<path d="M3 4v8l9 9 8.5-8.5L11.5 4z"/><circle cx="7.5" cy="8.5" r="1"/>',
    "flask": '<path d="M9 3h6M10 3v6L5 18.5a1.7 1.7 0 0 0 1.5 2.5h11a1.7 1.7 0 0 0 1.5-2.5L14 9V3M7.5 15h9"/>',
    "sheet": '<path d="M4 4h16v16H4zM8 8.5h8M8 12h8M8 15.5h5"/>',
    "shop": '<path d="M4 4h16l1 5.5a3 3 0 0 1-6 0 3 3 0 0 1-6 0 3 3 0 0 1-6 0zM5 12.5V20h14v-7.5M10 20v-4h4v4"/>',
    "cart": '<path d="M2 4h3l2.5 11H18l2.5-8H6"/><circle cx="9" cy="19.5" r="1.3"/><circle cx="16.5" cy="19.5" r="1.3"/>',
    "yen": '<circle cx="12" cy="12" r="9"/><path d="M8.5 7l3.5 5 3.5-5M12 12v5.5M9 12.5h6M9 15.2h6"/>',
    "chart": '<path d="M3 3v18h18M8 17v-4M12.5 17V8M17 17v-6"/>',
    "file": '<path d="M6 3h8l5 5v13H6zM14 3v5h5"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5L21 21"/>',
    "pen": '<path d="M4 20l1-4.5L16.5 4 20 7.5 8.5 19zM14 6.5l3.5 3.5"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.5l3.5 2"/>',
    "check": '<circle cx="12" cy="12" r="9"/><path d="M8 12.5l3 3 5.5-6"/>',
    "alert": '<path d="M12 4l9.5 16.5h-19zM12 10v4.5M12 17.5v.1"/>',
    "octagon": '<path d="M8.5 3h7L21 8.5v7L15.5 21h-7L3 15.5v-7zM12 7.5v5.5M12 16.4v.1"/>',
    "dashed": '<circle cx="12" cy="12" r="9" stroke-dasharray="3.6 3.469"/>',
    "lock": '<path d="M5 10.5h14V20H5zM8 10.5V8a4 4 0 0 1 8 0v2.5M12 14.5v2"/>',
    "phone": '<path d="M5 4h4l1.5 4.5L8 10.5c1.2 2.5 3 4.3 5.5 5.5l2-2.5L20 15v4c0 .6-.4 1-1 1C11 20 4 13 4 5c0-.6.4-1 1-1z"/>',
    "chat": '<path d="M4 4h16v12h-9l-5 4v-4H4z"/>',
    "chevron": '<path d="M9 5l7 7-7 7"/>',
    "back": '<path d="M15 5l-7 7 7 7"/>',
    "down": '<path d="M5 9l7 7 7-7"/>',
    "close": '<path d="M5 5l14 14M19 5L5 19"/>',
    "user": '<circle cx="12" cy="8" r="4"/><path d="M4 21c.5-5 3.5-7 8-7s7.5 2 8 7"/>',
    "users": '<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 20c.3-4.5 2.7-6 6.5-6s6.2 1.5 6.5 6M16 5.3a3.5 3.5 0 0 1 0 6.4M18 14.5c2.2.7 3.3 2.5 3.5 5.5"/>',
    "menu": '<path d="M4 6h16M4 12h16M4 18h16"/>',
    "print": '<path d="M7 9V3h10v6M7 17H4V9h16v8h-3M7 14h10v7H7z"/>',
    "download": '<path d="M12 3v12M7 10.5l5 5 5-5M4 20.5h16"/>',
    "upload": '<path d="M12 16V4M7 8.5l5-5 5 5M4 20.5h16"/>',
    "map": '<path d="M12 21c-4.5-5-7-8.5-7-11.5a7 7 0 0 1 14 0c0 3-2.5 6.5-7 11.5z"/><circle cx="12" cy="9.5" r="2.3"/>',
    "truck": '<path d="M2 6h12v11H2zM14 10h4.5l3 3.5V17H14"/><circle cx="6.5" cy="18.5" r="1.7"/><circle cx="17.5" cy="18.5" r="1.7"/>',
    "seal": '<path d="M5 3h14v18H5zM2 12h20"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "minus": '<path d="M5 12h14"/>',
    "calendar": '<path d="M4 5h16v16H4zM4 10h16M8 3v4M16 3v4"/>',
    "link": '<path d="M10 14l4-4M8.5 10.5l-3 3a3.5 3.5 0 0 0 5 5l3-3M15.5 13.5l3-3a3.5 3.5 0 0 0-5-5l-3 3"/>',
    "eye": '<path d="M2.5 12C5 7.5 8.2 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.7 6.5-9.5 6.5S5 16.5 2.5 12z"/><circle cx="12" cy="12" r="2.8"/>',
    "qr": '<path d="M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.5v2.5M20 14v3M17 20h3M14 19v1"/>',
    "recall": '<path d="M9 6L4 11l5 5M4 11h10a6 6 0 0 1 6 6v2"/>',
    "key": '<circle cx="8" cy="15.5" r="4.5"/><path d="M11.2 12.3L20 3.5M16 7.5l3 3M13.5 10l2 2"/>',
    "globe": '<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c3 3 3.5 6 3.5 9s-.5 6-3.5 9c-3-3-3.5-6-3.5-9s.5-6 3.5-9z"/>',
    "settings": '<path d="M4 7h10M18 7h2M4 17h2M10 17h10"/><circle cx="16" cy="7" r="2"/><circle cx="8" cy="17" r="2"/>',
    "exit": '<path d="M10 4H4v16h6M9 12h11M16 8l4 4-4 4"/>',
}

_FILLED: dict[str, str] = {
    "tick": '<circle cx="12" cy="12" r="10" fill="currentColor" stroke="none"/><path d="M7.5 12.3l3.2 3.2 5.8-6.3" stroke="#fffdf8" stroke-width="2.2"/>',
    "stop": '<path d="M8 2h8l6 6v8l-6 6H8l-6-6V8z" fill="currentColor" stroke="none"/><path d="M12 7v6M12 16.6v.1" stroke="#fffdf8" stroke-width="2.6"/>',
    "warn": '<path d="M12 3l10.5 18.5h-21z" fill="currentColor" stroke-width="1"/><path d="M12 10v5M12 18v.1" stroke="#fffdf8" stroke-width="2.4"/>',
    "question": '<path d="M3 3h18v18H3z" fill="currentColor"/><path d="M9 9.2c0-4 6-3.7 6 0 0 2-3 2.2-3 4.5M12 17.3v.1" stroke="#fffdf8" stroke-width="2.4"/>',
}

NAMES: tuple[str, ...] = (*_LINE, *_FILLED)


def icon(name: str, size: int = 20) -> Markup:
    """The icon as inline SVG, hidden from screen readers (a word always stands beside it)."""
    body = _LINE.get(name) or _FILLED[name]
    extra = f" i-{size}" if size != 20 else ""
    return svg(f'<svg class="i{extra}" viewBox="0 0 24 24" aria-hidden="true">{body}</svg>')


_FRAME_UP = (
    '<path d="M1.5 39V6.5a5 5 0 0 1 5-5h61a5 5 0 0 1 5 5V39" fill="none" stroke="currentColor" stroke-width="3"/>'
)
_FRAME_LOW = (
    '<path d="M1.5 39V71.5a5 5 0 0 0 5 5h61a5 5 0 0 0 5-5V39" fill="none" stroke="currentColor" stroke-width="3"/>'
)
_BOX = (
    '<rect x="1.5" y="1.5" width="71" height="75" rx="5" fill="#fffdf8" stroke="currentColor" stroke-width="2"{dash}/>'
)
_SEALS: dict[str, str] = {
    "sealed": f'<g>{_FRAME_UP}<path d="{SEAL_UPPER}"/></g><g>{_FRAME_LOW}<path d="{SEAL_LOWER}"/></g>',
    "torn": f'<g>{_FRAME_UP}<path d="{SEAL_UPPER}"/></g>'
    f'<g transform="translate(-17 5) rotate(-5 37 58)">{_FRAME_LOW}<path d="{SEAL_LOWER}"/></g>',
    "pending": _BOX.format(dash="") + '<text x="37" y="35">存证中</text><text x="37" y="58">约 1 秒</text>',
    "none": _BOX.format(dash=' stroke-dasharray="6 4"')
    + '<text x="37" y="34">尚未</text><text x="37" y="57">封存</text>',
}
SEAL_STATES: tuple[str, ...] = tuple(_SEALS)


def seal(state: str) -> Markup:
    """The 骑缝印 in one of its four states; the heading beside it says the same, so it is hidden from screen readers."""
    body = _SEALS[state]
    return svg(f'<svg class="seal seal-{escape(state)}" viewBox="0 0 74 78" aria-hidden="true">{body}</svg>')


def brand_mark() -> Markup:
    """The small red brand mark."""
    return svg(
        '<svg class="logo" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="2.5" fill="#b3211c"/>'
        '<rect x="2.5" y="2.5" width="27" height="27" rx="1.5" fill="none" stroke="#fff"/>'
        f'<path fill="#fff" d="{MARK}"/></svg>'
    )


def word_mark() -> Markup:
    """The word mark 猗顿农品 in serif outlines."""
    return svg(
        f'<svg class="word" viewBox="0 0 78 19" role="img" aria-label="猗顿农品"><path fill="currentColor" d="{WORD}"/></svg>'
    )
