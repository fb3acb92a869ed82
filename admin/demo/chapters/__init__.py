"""The chapters, in the order they are told; each one runs in a unit of work of its own."""

from __future__ import annotations

from collections.abc import Callable

from admin.demo.stage import Stage

Teller = Callable[[Stage], None]


def chapters() -> list[tuple[str, Teller]]:
    """Key and function of every chapter."""
    from admin.demo.chapters import (
        alert,
        brand,
        certificates,
        entry,
        licences,
        market,
        misuse,
        orchard,
        packing,
        people,
        policy,
        postharvest,
        promotion,
        recall,
        residence,
        sealing,
        support,
        town,
        units,
    )

    return [
        ("people", people.tell),
        *policy.CHAPTERS,
        ("matrix", brand.matrix),
        ("rules-of-use", promotion.rules_of_use),
        ("office-key", sealing.office_key),
        ("entry", entry.tell),
        ("profiles", entry.profiles),
        ("licence", brand.licences),
        ("keys", sealing.keys),
        ("orchard", orchard.tell),
        *certificates.CHAPTERS,
        ("sealing", sealing.seal),
        ("addendum", sealing.addendum),
        ("codes", sealing.codes),
        ("void", packing.void),
        ("cartons", packing.cartons),
        ("market", market.listings),
        ("livestream", market.host),
        *town.CHAPTERS,
        *residence.CHAPTERS,
        *support.CHAPTERS,
        *recall.CHAPTERS,
        ("postharvest", postharvest.tell),
        ("orders", market.orders),
        ("visits", sealing.visits),
        ("tampered", sealing.tampered),
        *licences.CHAPTERS,
        *misuse.CHAPTERS,
        *certificates.LAST,
        *promotion.CHAPTERS,
        *units.CHAPTERS,
        *promotion.LAST,
        ("alerts", alert.tell),
        *policy.LAST,
    ]
