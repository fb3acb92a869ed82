"""Menus: rooms add their entries; a reader sees those their permissions open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import current_app, request, url_for

from core.account.actor import Actor
from core.ui.icons import NAMES

AREAS = ("", "生产", "品牌与销售", "本单位", "品牌", "监管", "专项资金", "统计", "公众服务", "系统")
Badge = Callable[[Actor], int | None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu."""

    area: str
    label: str
    endpoint: str
    permission: str
    icon: str
    order: int
    badge: Badge | None = None
    phone: str = ""
    phone_label: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as the layout draws it."""

    label: str
    href: str
    icon: str
    active: bool
    badge: int | None = None
    main: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    entries: list[Item]


@dataclass(frozen=True, slots=True)
class Menu:
    """All the office layout needs to know about the reader."""

    groups: list[Group] = field(default_factory=list)
    phone: list[Item] = field(default_factory=list)
    start: str = "/"
    organisation: str = ""
    user: str = ""
    me: str = "/"
    switch: str = ""
    bell: str = ""


_ENTRIES: list[Entry] = []


def add(
    area: str, label: str, endpoint: str, permission: str, icon: str, order: int = 50, *, badge: Badge | None = None,
    phone: bool | str = False, phone_label: str = "",
) -> None:  # fmt: skip
    """Add one entry (once an area); ``phone=True`` gives it a place in the bottom bar, ``phone="main"`` the filled one."""
    if area not in AREAS:
        raise ValueError(f"unknown menu area {area!r}; known are {AREAS}")
    if icon not in NAMES:
        raise ValueError(f"unknown icon {icon!r}")
    mark = phone if isinstance(phone, str) else ("yes" if phone else "")
    entry = Entry(area, label, endpoint, permission, icon, order, badge, mark, phone_label)
    if all((e.area, e.endpoint, e.label) != (area, endpoint, label) for e in _ENTRIES):
        _ENTRIES.append(entry)


def entries() -> list[Entry]:
    """All entries in the order of areas and numbers."""
    return sorted(_ENTRIES, key=lambda e: (AREAS.index(e.area), e.order))


def _href(endpoint: str) -> str:
    """The address of an entry, built once: a menu of forty entries would build eighty for every page."""
    built: dict[tuple[str, str], str] = current_app.extensions.setdefault("yidun_menu_hrefs", {})
    key = request.script_root, endpoint
    if key not in built:
        built[key] = url_for(endpoint)
    return built[key]


def _item(entry: Entry, actor: Actor, here: str, phone: bool = False) -> Item:
    badge = entry.badge(actor) if entry.badge and not phone else None
    label = entry.phone_label or entry.label if phone else entry.label
    href = _href(entry.endpoint)
    return Item(label, href, entry.icon, href == here, badge, entry.phone == "main")


def _here(hrefs: list[str]) -> str:
    """The entry this page stands under: the longest address that is this page's or a folder above it."""
    path = request.path.rstrip("/") + "/"
    above = [h for h in hrefs if h != "/" and path.startswith(h.rstrip("/") + "/")]
    return max(above, key=len, default="")


def menu() -> Menu:
    """The menu of the present actor; entries of rooms that are not plugged in are left out."""
    from core.account.access import current_actor
    from core.account.homes import home_of

    actor = current_actor()
    if actor.user_id is None:
        return Menu()
    open_to = [e for e in entries() if e.endpoint in current_app.view_functions and actor.can(e.permission)]
    # A page with a place in two areas stands in the later one, the office's, for those who oversee it.
    known = list({(e.endpoint, e.label): e for e in open_to}.values())
    known.sort(key=lambda e: (AREAS.index(e.area), e.order))
    spot = _here([_href(e.endpoint) for e in known])
    groups: list[Group] = []
    for area in AREAS:
        here = [_item(e, actor, spot) for e in known if e.area == area]
        if here:
            groups.append(Group(area, here))
    handy = [e for e in known if e.phone]
    handy += [e for e in known if not e.phone and e.icon != "bell"]
    phone = [_item(e, actor, spot, phone=True) for e in handy[:4]]
    phone.append(Item("更多", "/menu", "menu", request.path == "/menu"))
    bell = next((_href(e.endpoint) for e in known if e.icon == "bell"), "")
    return Menu(
        groups, phone, home_of(actor), actor.organisation_name or "个人", actor.name or "我", "/account",
        "/account/choose", bell,
    )  # fmt: skip


PublicLink = Callable[[], tuple[str, str]]
_public: list[PublicLink] = []


def add_public(link: PublicLink) -> None:
    """Afterwards the public header shows the link: label and address, asked at each page."""
    if link not in _public:
        _public.append(link)


def public_links() -> list[tuple[str, str]]:
    """Labels and addresses of the public header."""
    return [link() for link in _public]
