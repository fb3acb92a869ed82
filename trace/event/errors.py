"""Refusals of this room: unreadable documents, faulty events, media we do not read (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import BadInput, UnsupportedMedia


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule: its id (docs/conformance.md), the JSON pointer of the value, and a sentence for the sender."""

    rule: str
    pointer: str
    message: str

    def as_dict(self) -> dict[str, str]:
        return {"rule": self.rule, "pointer": self.pointer, "message": self.message}


class BadDocument(BadInput):
    """The body is no readable EPCIS document; ``faults`` says every reason found (EPCIS 2.0 ValidationException)."""

    default_code = "event.document"
    title = "事件文件读不了"
    exception = "epcisException:ValidationException"

    def __init__(self, message: str, *, code: str | None = None, faults: Sequence[Fault] = (), help: str = "") -> None:
        super().__init__(message, code=code, help=help)
        self.faults = tuple(faults)


class FaultyEvents(BadDocument):
    """One or more events break a rule; pointers are relative to the list of events (``/0/eventTime``)."""

    default_code = "event.faulty"
    title = "事件内容有误"


class UnsupportedContent(UnsupportedMedia):
    """The media type is neither JSON nor XML (EPCIS 2.0 UnsupportedMediaTypeException)."""

    default_code = "event.media"
    exception = "epcisException:UnsupportedMediaTypeException"


class UnsupportedXml(UnsupportedContent):
    """Well-formed XML of a kind that is not read here: master data, queries, other vocabularies."""

    default_code = "event.xml"
