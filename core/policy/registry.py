"""The keys of all rooms, declared once at start-up (pure registry)."""

from __future__ import annotations

import re
from typing import Any

from core.policy.rules import KINDS, Key, keys_of, out_of_range, read, text_of

_NAME = re.compile(r"^[a-z_]+\.[a-z0-9_]+$")
TOPICS = ("专项资金", "项目和验收", "监督检查", "公开公示", "入驻企业", "品牌和标志", "追溯", "来件和扶持")

_KEYS: dict[str, Key] = {}
_TERMS: list[type[Any]] = []


def declare(terms: type[Any]) -> None:
    """Afterwards the keys of a room's terms are known; a second, different declaration is a defect."""
    for key in keys_of(terms):
        if not _NAME.match(key.key) or key.kind not in KINDS or key.topic not in TOPICS:
            raise ValueError(f"{key.key}: unknown shape, kind {key.kind!r} or topic {key.topic!r}")
        if read(key.kind, text_of(key.kind, key.default)) != key.default or out_of_range(key, key.default):
            raise ValueError(f"{key.key}: the default is not a value of its own kind and range")
        if _KEYS.setdefault(key.key, key) != key:
            raise ValueError(f"{key.key} is declared twice with different words")
    if terms not in _TERMS:
        _TERMS.append(terms)


def find(key: str) -> Key | None:
    """The declaration, or None where no room has this key."""
    return _KEYS.get(key)


def all_keys() -> list[Key]:
    """Every declared key by topic, in the order of declaration."""
    return sorted(_KEYS.values(), key=lambda k: TOPICS.index(k.topic))


def declared_terms() -> list[type[Any]]:
    """The terms of all rooms."""
    return list(_TERMS)
