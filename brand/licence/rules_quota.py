"""The label quota: grams per licence year, told in pieces; what may be drawn and what comes back (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.errors import Unmet


@dataclass(frozen=True, slots=True)
class QuotaFacts:
    """A quota as it stands, and the partner's share of it where a partner packs (None: no sub-licence)."""

    granted_grams: int
    used_grams: int
    share_grams: int | None = None
    share_used_grams: int = 0
    licence_no: str = ""

    @property
    def left_grams(self) -> int:
        """What may still be labelled: the smaller of the quota's and the share's remainder."""
        own = max(self.granted_grams - self.used_grams, 0)
        if self.share_grams is None:
            return own
        return min(own, max(self.share_grams - self.share_used_grams, 0))

    def pieces_left(self, net_grams: int) -> int:
        """How many labels of ``net_grams`` each that is."""
        return self.left_grams // max(net_grams, 1)


def unmet_draw(facts: QuotaFacts, pieces: int, net_grams: int) -> list[Unmet]:
    """Why ``pieces`` labels of ``net_grams`` each cannot be drawn; empty when they can."""
    if pieces * net_grams <= facts.left_grams:
        return []
    left = facts.pieces_left(net_grams)
    whose = "合作约定的数量" if facts.share_grams is not None and _share_is_short(facts) else "授权的全年数量"
    return [
        Unmet(
            "LQ-01",
            f"{whose}不够：还能印 {left:,} 张带标志的标签，这次要 {pieces:,} 张。",
            help=f"把数量改为不超过 {left:,} 张，或不带品牌标志赋码；要增加数量，请申请变更授权。"
            if left
            else "不带品牌标志赋码，或申请变更授权的全年数量。",
            who="申请企业",
            article=facts.licence_no,
        )
    ]


def _share_is_short(facts: QuotaFacts) -> bool:
    assert facts.share_grams is not None
    return facts.share_grams - facts.share_used_grams < facts.granted_grams - facts.used_grams


def gives_back(state: str, first_on: date, last_on: date, today: date) -> bool:
    """Whether voided labels return to the quota: within the licence year they were drawn in, while the licence stands."""
    return state in ("licensed", "suspended") and first_on <= today <= last_on
