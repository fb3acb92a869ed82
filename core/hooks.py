"""Typed hooks: a Protocol and an ordered list each, called in the caller's transaction.  The whole of it: no bus.

A lower floor declares and calls; an upper floor appends in its ``register(app)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class Hook(Generic[F]):
    """An ordered list of functions of one shape; ``app``-wide, filled at start-up."""

    name: str
    functions: list[F] = field(default_factory=list)

    def append(self, function: F) -> F:
        if function not in self.functions:
            self.functions.append(function)
        return function

    def __iter__(self) -> Iterator[F]:
        return iter(tuple(self.functions))

    @contextmanager
    def only(self, *functions: F) -> Iterator[None]:
        """Replace the list within a test."""
        saved, self.functions = self.functions, list(functions)
        try:
            yield
        finally:
            self.functions = saved


@dataclass(frozen=True, slots=True)
class Panel:
    """A block an upper floor adds to a lower floor's page: a title, rows of text and links (escaped by the page)."""

    key: str
    title: str
    lines: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    source: str = ""
    price_fen: int | None = None
    image_url: str = ""
    kind: str = "plain"


class ScanPanel(Protocol):
    """A panel on the consumer's scan page ("buy again"); facts only, no request."""

    def __call__(self, *, lot_id: int, item_id: int, organisation_id: int, lang: str) -> Panel | None: ...


class LicenceChanged(Protocol):
    """A licence ended or changed: upper floors take the mark off (same transaction)."""

    def __call__(self, *, licence_id: int, organisation_id: int, state: str, reason: str) -> None: ...


class LotHeld(Protocol):
    """A lot is held or released (recall, withdrawal): stock, carts and orders react."""

    def __call__(self, *, lot_id: int, held: bool, reason: str, source: str) -> None: ...


@dataclass(frozen=True, slots=True)
class LotParty:
    """Somebody a lot went to: an order, a shipment.  ``key`` is unique and stable ("order:<uuid>:<lot>"); no natural
    person's data stands in it.  ``mass_g`` is grams, ``pieces`` None where nothing is counted in pieces.

    ``organisation_id`` is the enterprise it belongs to (the seller), which may see it.
    """

    key: str
    kind: str
    lot_id: int
    title: str
    note: str
    mass_g: int
    pieces: int | None
    at: datetime
    organisation_id: int
    href: str = ""
    done: bool = True


class LotParties(Protocol):
    """Everybody the lots went to, of one kind; nothing cancelled before it left."""

    def __call__(self, lot_ids: Sequence[int]) -> Sequence[LotParty]: ...


class TellParty(Protocol):
    """Tell one party; the channel used ("sms", "inbox"), "" where it cannot be reached, None where it is not mine."""

    def __call__(self, *, key: str, title: str, body: str, link: str) -> str | None: ...


class ValueChanges(Protocol):
    """Somebody (the office where ``to_user_id`` is None) is told what became of a proposed value of the town."""

    def __call__(self, *, title: str, body: str, link: str, to_user_id: int | None) -> None: ...


class LotBlocks(Protocol):
    """Why lots may not be packed, sealed, coded or shipped now, by lot; lots without a reason are not named."""

    def __call__(self, lot_ids: Sequence[int]) -> Mapping[int, str]: ...


@dataclass(frozen=True, slots=True)
class RecallNotice:
    """What the code page says above everything while a lot is recalled; all texts in the language asked for.

    ``steps`` are what to do, in order; ``refund_url`` leads to the refund ('' where there is none yet); ``progress`` is
    (day, deed, note) of what was done so far, oldest first; ``status_url`` answers machines (gs1:recallStatus);
    ``over`` once the recall is closed (its lots stay stopped).
    """

    title: str
    reason: str
    since: str
    steps: tuple[str, ...] = ()
    refund_label: str = ""
    refund_url: str = ""
    phone: str = ""
    progress: tuple[tuple[str, str, str], ...] = ()
    status_url: str = ""
    over: bool = False


class RecallFacts(Protocol):
    """What a recall room knows of a held lot, or None; asked when the page of a held lot is made."""

    def __call__(self, *, lot_id: int, lang: str) -> RecallNotice | None: ...


@dataclass(frozen=True, slots=True)
class UnitFate:
    """What a room records of one box; None and False mean that this room records nothing about it."""

    shipped: bool | None = None
    sold_at: datetime | None = None
    destroyed: bool = False


class UnitFates(Protocol):
    """What is recorded of one unit: shipped, sold, destroyed (several rooms may answer)."""

    def __call__(self, *, item_id: int, lot_id: int, unit: int) -> UnitFate | None: ...


class CodesChanged(Protocol):
    """Labels of an organisation were voided or blocked: its code pages are made anew at the next visit."""

    def __call__(self, *, organisation_id: int) -> None: ...


@dataclass(frozen=True, slots=True)
class CodeLink:
    """A link of a code another room serves (gs1:epcis, gs1:recallStatus): type without prefix, path or https address."""

    type: str
    href: str
    title: str
    media: str = ""
    languages: tuple[str, ...] = ()


class CodeLinks(Protocol):
    """Links of a product (``lot_id`` None) or of one lot, for its linkset; ``path`` is its code address."""

    def __call__(self, *, item_id: int, lot_id: int | None, path: str) -> list[CodeLink]: ...


class OrganisationPanel(Protocol):
    """A panel on an organisation's public page (licences, keys, goods): facts only, nothing of natural persons."""

    def __call__(self, *, organisation_id: int) -> Panel | None: ...


class PlotCertificates(Protocol):
    """Certificates of an upper floor that cover a plot: (words, path), for the plot's own page."""

    def __call__(self, *, place_id: int) -> list[tuple[str, str]]: ...


@dataclass(frozen=True, slots=True)
class BrandLine:
    """A line on a brand's public page: ``kind`` is producer, product or lot; facts only, in the language asked for."""

    kind: str
    title: str
    note: str
    href: str
    image_url: str = ""
    price_fen: int | None = None


class BrandFigures(Protocol):
    """Figures of the brands taken together, by key (the keys stand in ``brand.matrix.rules``); counted, never guessed."""

    def __call__(self, *, brand_ids: Sequence[int]) -> Mapping[str, int]: ...


class BrandLines(Protocol):
    """Producers, products on sale or recently signed lots of the brands, at most ``limit`` of a kind."""

    def __call__(self, *, brand_ids: Sequence[int], limit: int, lang: str) -> Sequence[BrandLine]: ...


@dataclass(frozen=True, slots=True)
class ClaimText:
    """Words of an enterprise that the public reads or will read: a listing, a label design.

    ``products`` are (variety, form) they stand beside, None where none in particular; ``numbered`` says whether the
    certificate's number is put beside the mark anyway; ``key`` with ``kind`` names it for good.
    """

    kind: str
    key: str
    organisation_id: int
    title: str
    texts: Mapping[str, str]
    products: tuple[tuple[str, str], ...] | None = None
    link: str = ""
    numbered: bool = True


class ClaimTexts(Protocol):
    """Everything of one kind that stands before the public now."""

    def __call__(self) -> Sequence[ClaimText]: ...


class TakeDown(Protocol):
    """Take one of these things away from the public; whether it was there and is gone, None where it is not mine."""

    def __call__(self, *, kind: str, key: str, reason: str) -> bool | None: ...


@dataclass(frozen=True, slots=True)
class Succession:
    """What became of an organisation: ``renamed``, ``recoded``, ``merged`` or ``left``.

    ``organisation_id`` keeps its rows.  After ``recoded`` the former code stands on the closed row ``former_id`` whose
    successor it is; after ``merged`` the organisation itself has left and ``successor_id`` goes on.
    """

    kind: str
    organisation_id: int
    former_name: str
    former_code: str
    reason: str
    former_id: int | None = None
    successor_id: int | None = None


class OrganisationChanged(Protocol):
    """An organisation got another name or code, merged into another or left: keys, licences and pages follow."""

    def __call__(self, change: Succession) -> None: ...


class Progress(Protocol):
    """A step of the enterprise's guided start: how many of the thing exist."""

    def __call__(self, organisation_id: int) -> int: ...


scan_panels: Hook[ScanPanel] = Hook("scan_panels")
licence_changed: Hook[LicenceChanged] = Hook("licence_changed")
lot_held: Hook[LotHeld] = Hook("lot_held")
organisation_panels: Hook[OrganisationPanel] = Hook("organisation_panels")
lot_parties: Hook[LotParties] = Hook("lot_parties")
tell_party: Hook[TellParty] = Hook("tell_party")
lot_blocks: Hook[LotBlocks] = Hook("lot_blocks")
recall_facts: Hook[RecallFacts] = Hook("recall_facts")
unit_fates: Hook[UnitFates] = Hook("unit_fates")
codes_changed: Hook[CodesChanged] = Hook("codes_changed")
code_links: Hook[CodeLinks] = Hook("code_links")
plot_certificates: Hook[PlotCertificates] = Hook("plot_certificates")
brand_figures: Hook[BrandFigures] = Hook("brand_figures")
brand_lines: Hook[BrandLines] = Hook("brand_lines")
claim_texts: Hook[ClaimTexts] = Hook("claim_texts")
take_down: Hook[TakeDown] = Hook("take_down")
value_changes: Hook[ValueChanges] = Hook("value_changes")
organisation_changed: Hook[OrganisationChanged] = Hook("organisation_changed")
