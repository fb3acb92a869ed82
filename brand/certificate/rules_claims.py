"""Claims of marks in free words, and whether certificates bear them out (pure).

A text claims a mark where it says the product has it; 有机肥, 有机质 or 没有机会 claim nothing.  A person decides on
what is found: a finding is a reason to look, not a verdict.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from brand.certificate.rules import KINDS, Certificate, Decision, Use, decide
from core.errors import Unmet


@dataclass(frozen=True, slots=True)
class _Pattern:
    kinds: tuple[str, ...]
    words: re.Pattern[str]


_PATTERNS = (
    _Pattern(("green",), re.compile(r"绿色食品|绿食(?=认证|标志)|绿标|A{1,2}级绿色|GF\d{12}|LB-\d{2}-\d+")),
    _Pattern(
        ("organic",),
        re.compile(
            r"(?<!没)有机(?:产品|食品|认证|苹果|冬枣|红枣|鲜枣|大枣|枣|水果|鲜果|果品|果|种植|栽培|生产|农业|农产品|转换|码|标志|证书|基地|级)"
            r"|纯有机|\d{3,4}OP\d{7}|(?i:organic)"
        ),
    ),
    _Pattern(("agri_gi",), re.compile(r"农产品地理标志|AGI\d{5}")),
    _Pattern(
        ("gi_mark", "agri_gi"),
        re.compile(r"(?<!农产品)地理标志|地标(?:产品|认证|保护|苹果|冬枣)|原产地(?:保护|认证)|(?i:PGI)(?![A-Za-z])"),
    ),
    _Pattern(("sc",), re.compile(r"SC\d{14}(?!\d)")),
)
# "without", "not (yet) certified", "applying for": said before the word, in the same clause, it is no claim.
_DENIED = re.compile(
    r"(?:不是|并非|没有|尚未|还没|未(?:取得|获|经|做|办)|不属于|不(?:含|使用|代表)|非|申请中|正在申请|准备申请)[^，,；;]{0,8}$"
)
_CLAUSES = re.compile(r"[。；！？\n!?;]")
CONTEXT = 8
_FULL = {",": "，", ":": "：", "(": "（", ")": "）"}


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim in ``field``: the words, those around them, and the kinds of certificate that would bear it out."""

    field: str
    words: str
    context: str
    kinds: tuple[str, ...]

    @property
    def label(self) -> str:
        return KINDS[self.kinds[0]].label


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim no certificate bears out for one of the products it stands beside."""

    claim: Claim
    misuse: str
    reasons: tuple[Unmet, ...]


def normalise(text: str) -> str:
    """Half-width, without blanks, zero-width signs and dots between characters, so that spacing hides nothing."""
    flat = unicodedata.normalize("NFKC", text)
    return re.sub(r"(?<=[\u4e00-\u9fff])[\s\u200b\u200c\u200d\ufeff_*·.]+(?=[\u4e00-\u9fff])", "", flat)


def claims(texts: Mapping[str, str]) -> list[Claim]:
    """Every claim of a mark in the given fields, each kind once a field, in reading order."""
    found: list[Claim] = []
    for name, raw in texts.items():
        seen: set[tuple[str, ...]] = set()
        for clause in _CLAUSES.split(raw or ""):
            text = normalise(clause)
            for pattern in _PATTERNS:
                for match in pattern.words.finditer(text):
                    if pattern.kinds in seen or _DENIED.search(text[: match.start()]):
                        continue
                    seen.add(pattern.kinds)
                    found.append(Claim(name, match.group(), _around(text, match.start(), match.end()), pattern.kinds))
    return found


def _around(text: str, start: int, end: int) -> str:
    """The words with what stands beside them; …… where more was cut off, Chinese punctuation again full-width."""
    first, last = max(0, start - CONTEXT), min(len(text), end + CONTEXT)
    cut = ("……" if first else "") + text[first:last] + ("……" if last < len(text) else "")
    return re.sub(r"(?<=[\u4e00-\u9fff])[,:()](?=[\u4e00-\u9fff]|$)", lambda m: _FULL[m.group()], cut)


def judge(said: Iterable[Claim], certificates: Sequence[Certificate], uses: Sequence[Use]) -> list[Finding]:
    """The claims that are not borne out for *every* product they stand beside; nothing found says nothing about truth.

    ``uses`` are the products; without any the firm's certificates are asked for any product they cover.
    """
    found = []
    for claim in said:
        worst = next((d for d in (_best(claim, certificates, use) for use in uses) if not d.shown), None)
        if worst is not None:
            found.append(Finding(claim, worst.misuse, worst.reasons))
    return found


def _best(claim: Claim, certificates: Sequence[Certificate], use: Use) -> Decision:
    """The kindest decision among the kinds that may bear the claim out."""
    made = [decide(kind, certificates, use) for kind in claim.kinds]
    known = [d for d in made if d.certificate is not None]
    return next((d for d in made if d.shown), (known or made)[0])


def any_product(certificates: Sequence[Certificate], on: Use) -> list[Use]:
    """One use per product the firm's certificates name: for words that stand beside no particular product."""
    named = sorted({(p.variety, p.form) for c in certificates for p in c.products})
    return [Use(on.organisation_id, on.on, variety, form) for variety, form in named] or [on]


def judge_unbound(said: Iterable[Claim], certificates: Sequence[Certificate], on: Use) -> list[Finding]:
    """Claims beside no particular product (a label design): borne out where one product of the firm would do."""
    uses = any_product(certificates, on)
    found = []
    for claim in said:
        made = [_best(claim, certificates, use) for use in uses]
        if not any(d.shown for d in made):
            closest = min(made, key=lambda d: (d.certificate is None, len(d.reasons)))
            found.append(Finding(claim, closest.misuse, closest.reasons))
    return found
