"""JSON-LD contexts of EPCIS documents: which prefixes a document declares, without ever fetching one (pure).

What GS1's own context means is known here by its addresses; a document adds prefixes of its own as objects.  Inline term
definitions other than prefixes carry no meaning for hashing and checking and are kept as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from trace.event.vocabulary import STANDARD_PREFIXES

EPCIS_CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
# Every published address of the EPCIS context: of one version, without version, and the working copies of GS1.
_KNOWN = re.compile(
    r"https?://ref\.gs1\.org/standards/epcis/(?:[\d.]+/)?epcis-context\.jsonld"
    r"|https?://gs1\.github\.io/EPCIS/epcis-context[\w\-]*\.jsonld"
)
_LONGEST_KEPT = 4096  # a longer context is compiled each time, so that senders cannot fill the memory


@dataclass(frozen=True)
class Context:
    """Prefixes declared by a document or event; ``known`` also holds those that GS1's context defines."""

    declared: dict[str, str]
    known: dict[str, str]
    standard: bool

    def expand(self, name: str) -> str:
        """``{namespace}local`` of a prefixed key or an absolute one; a bare key unchanged."""
        prefix, colon, local = name.partition(":")
        if not colon:
            return name
        namespace = self.known.get(prefix)
        if namespace is not None and not local.startswith("//"):
            return f"{{{namespace}}}{local}"
        if local.startswith("//"):
            cut = max(name.rfind("/"), name.rfind("#")) + 1
            return f"{{{name[:cut]}}}{name[cut:]}" if cut > len(prefix) + 3 and name[cut:] else name
        return name


def compile_context(*contexts: Any) -> Context:
    """The prefixes of one or more ``@context`` values, later ones winning; the same values are compiled once."""
    if len(contexts) == 1 and isinstance(contexts[0], Context):
        return contexts[0]
    raw = orjson.dumps([None if isinstance(c, Context) else c for c in contexts])
    return (_compiled if len(raw) <= _LONGEST_KEPT else _compiled.__wrapped__)(raw, *_given(contexts))


def _given(contexts: tuple[Any, ...]) -> tuple[tuple[tuple[str, str], ...], ...]:
    return tuple(tuple(sorted(c.declared.items())) for c in contexts if isinstance(c, Context))


@lru_cache(maxsize=1024)
def _compiled(raw: bytes, *given: tuple[tuple[str, str], ...]) -> Context:
    declared = {prefix: uri for pairs in given for prefix, uri in pairs}
    standard = bool(given)
    for value in _flat(orjson.loads(raw)):
        if isinstance(value, str):
            standard = standard or _KNOWN.fullmatch(value) is not None
        elif isinstance(value, dict):
            declared.update(_prefixes(value))
    return Context(declared, {**STANDARD_PREFIXES, **declared}, standard)


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _flat(item)
    elif value is not None:
        yield value


def _prefixes(value: dict[str, Any]) -> dict[str, str]:
    found = {}
    for key, target in value.items():
        uri = target.get("@id") if isinstance(target, dict) else target
        if not key.startswith("@") and isinstance(uri, str):
            found[key] = uri
    return found


def namespaces(context: Any) -> dict[str, str]:
    """Prefixes a ``@context`` declares of its own, as written."""
    return dict(compile_context(context).declared)


@dataclass(frozen=True)
class Parsed:
    """What a body holds: events in the form of EPCIS JSON, the ``@context`` around them, and the kind of body.

    ``kind``: ``EPCISDocument``, ``EPCISQueryDocument``, ``event`` or ``list``.  ``ignore`` are extension fields that the
    document itself asks to leave out of the hash (an extension of the reference tool; capture does not obey it).
    """

    events: list[dict[str, Any]]
    context: Any
    kind: str
    ignore: frozenset[str] = frozenset()
