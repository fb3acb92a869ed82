"""How alike two parties are (pure): names as they are registered, codes, telephones, contact and village.

A Chinese firm's name is region + trade name (字号) + trade + legal form.  Two names are compared without region and form; two trade
names also where the trade differs.  Only parties that share a telling trait are compared, so the work grows with their number.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

JUDGE = "admin.twin.judge"
VERDICTS = {"other": "不是同一家", "same": "是同一家"}
COMMON = 40  # a trait that more than this many share tells nothing
REASON_LIMIT = 200
_FORM = re.compile(
    r"(农民专业合作社联合社|专业合作社联合社|农民专业合作社|专业合作社|股份合作社|合作联社|联合社|合作社|股份有限公司|有限责任公司"
    r"|集团有限公司|有限公司|总公司|分公司|公司|集团|家庭农场|农场|个体工商户|经营部|经销部|销售部|门市部|商行|商店|超市|工作室|中心|厂|店|社)$"
)
_REGION = re.compile(r"^(中国)?(山西省?)?(运城市?)?(临猗县?)?")
_TRADE = re.compile(
    r"(水果|果蔬|鲜果|果品|果业|果枣|枣业|红枣|冬枣|苹果|果树|林果|种植|养殖|农产品|农副产品|农业|农林|农特产|生态|现代|科技|发展|开发|实业|食品"
    r"|商贸|贸易|销售|电子商务|电商|网络|供应链|物流|冷链|仓储|服务|技术|投资|管理|专业)+$"
)
_NOISE = re.compile(r"[^0-9A-Za-z\u3400-\u9fff\U00020000-\U0003ffff]+")
_NUMERALS = set("0123456789一二三四五六七八九十百千甲乙丙丁戊己庚辛壬癸东西南北中上下前后新老大小")


@dataclass(frozen=True, slots=True)
class Party:
    """One that is compared.  ``keys`` are all rows it is known by (an organisation and the application it came from)."""

    keys: tuple[str, ...]
    name: str
    kind: str = "enterprise"
    code: str = ""
    village: str = ""
    contact: str = ""
    phones: frozenset[str] = frozenset()
    label: str = ""
    link: str = ""

    @property
    def key(self) -> str:
        return self.keys[0]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two parties that may be one, with the reasons a clerk reads."""

    first: Party
    second: Party
    reasons: tuple[str, ...]
    weight: int


def plain(text: str) -> str:
    """Full width to plain, upper case, without blanks, brackets and punctuation."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper()


def stem(name: str) -> str:
    """The name without region and legal form, wherever the region stands in brackets; the whole name where nothing would be left."""
    flat = unicodedata.normalize("NFKC", name)
    whole = plain(re.sub(r"[(\[【〔](山西省?|运城市?|临猗县?)+[)\]】〕]", "", flat)) or plain(flat)
    kept = whole
    while (shorter := _FORM.sub("", kept)) != kept and len(shorter) >= 2:
        kept = shorter
    inner = _REGION.sub("", kept)
    return inner if len(inner) >= 2 else kept


def trade_name(name: str) -> str:
    """The 字号: the stem without the words of the trade, or '' where it is nothing but a trade."""
    return _TRADE.sub("", stem(name))


def place(text: str) -> str:
    """A village or address without region and punctuation."""
    return _REGION.sub("", plain(text))


def _one_apart(one: str, other: str) -> bool:
    """Whether one character is added, left out or changed; never a number or a word that tells sisters apart (第一, 东, 新)."""
    if one == other or min(len(one), len(other)) < 4 or abs(len(one) - len(other)) > 1:
        return False
    if len(one) == len(other):
        apart = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
        if len(apart) == 2 and apart[0] == apart[1][::-1]:
            return True  # two neighbours turned round, or two characters exchanged
        return len(apart) == 1 and not (set(apart[0]) & _NUMERALS)
    long, short = (one, other) if len(one) > len(other) else (other, one)
    at = next((n for n, c in enumerate(short) if c != long[n]), len(short))
    return long[:at] + long[at + 1 :] == short and long[at] not in _NUMERALS


@dataclass(frozen=True, slots=True)
class _Traits:
    stem: str
    trade_name: str
    place: str
    contact: str


def _traits(party: Party) -> _Traits:
    return _read(party.kind != "enterprise", party.name, party.village, party.contact)


@lru_cache(maxsize=20_000)
def _read(person: bool, name: str, village: str, contact: str) -> _Traits:
    """What of a party may tell; kept, since a register is compared again and again."""
    own = plain(name) if person else stem(name)
    return _Traits(own, "" if person else trade_name(name), place(village), plain(contact or (name if person else "")))


def _keys(party: Party, own: _Traits) -> Iterator[str]:
    """One key for each trait two parties may share."""
    if party.kind != "enterprise":
        if own.stem and own.place:
            yield f"w{own.stem}/{own.place}"
    else:
        yield f"n{own.stem}"
        if len(own.trade_name) >= 2:
            yield f"z{own.trade_name}"
        if 4 <= len(own.stem) <= 24:
            yield f"d{own.stem}"
            yield from {f"d{own.stem[:n]}{own.stem[n + 1 :]}" for n in range(len(own.stem))}
            yield "x" + "".join(sorted(own.stem))
    if len(party.code) == 18:
        yield f"c{party.code[8:17]}"
    if own.contact and own.place:
        yield f"p{own.contact}/{own.place}"
    yield from (f"t{phone}" for phone in party.phones if phone)


def _telling(one: _Traits, other: _Traits) -> bool:
    """丰源 and 金源 are two trade names, not a slip: of two characters, both must be there."""
    short = min(len(one.trade_name), len(other.trade_name)) < 3
    return not short or len(one.stem) != len(other.stem) or sorted(one.stem) == sorted(other.stem)


def _compare(first: Party, second: Party, one: _Traits, other: _Traits) -> Pair | None:
    reasons: list[tuple[int, str]] = []
    firms = first.kind == second.kind == "enterprise"
    if firms and one.stem and one.stem == other.stem:
        reasons.append((60, "去掉地名和组织形式以后，名称相同"))
    elif firms and _one_apart(one.stem, other.stem) and _telling(one, other):
        reasons.append((40, f"名称只差一个字或调了位置：{one.stem}、{other.stem}"))
    elif firms and len(one.trade_name) >= 2 and one.trade_name == other.trade_name:
        reasons.append((30, f"字号相同：{one.trade_name}"))
    if not firms and first.kind == second.kind and one.stem == other.stem and one.place and one.place == other.place:
        reasons.append((60, "姓名和村相同"))
    if len(first.code) == len(second.code) == 18 and first.code[8:17] == second.code[8:17]:
        reasons.append((60, "代码第 9 到 17 位（主体标识码）相同"))
    if first.phones & second.phones:
        reasons.append((40, "电话相同"))
    if one.contact and one.contact == other.contact and one.place and one.place == other.place and firms:
        reasons.append((40, "联系人和村相同"))
    if not reasons:
        return None
    return Pair(first, second, tuple(text for _, text in sorted(reasons, reverse=True)), sum(w for w, _ in reasons))


def _apart(first: Party, second: Party) -> bool:
    """Two rows of one party are no pair, nor are two with the very same code (the register refuses that by itself)."""
    same_row = bool(set(first.keys) & set(second.keys))
    return not same_row and not (first.code and first.code == second.code)


def pairs(parties: Sequence[Party]) -> list[Pair]:
    """Every suspected pair, the likeliest first; only those that share a trait at most ``COMMON`` have are compared."""
    traits = [_traits(party) for party in parties]
    sharing: dict[str, list[int]] = defaultdict(list)
    for number, trait in enumerate(traits):
        for key in _keys(parties[number], trait):
            sharing[key].append(number)
    tried: set[tuple[int, int]] = set()
    for numbers in sharing.values():
        if 1 < len(numbers) <= COMMON:
            tried |= {(a, b) for n, a in enumerate(numbers) for b in numbers[n + 1 :]}
    found = (_compare(parties[a], parties[b], traits[a], traits[b]) for a, b in tried if _apart(parties[a], parties[b]))
    return sorted((p for p in found if p is not None), key=lambda p: (-p.weight, p.first.key, p.second.key))


def suspects(party: Party, others: Iterable[Party]) -> list[Pair]:
    """Who of ``others`` may be the party, the likeliest first; ``first`` of each pair is the party."""
    own = _traits(party)
    compared = (_compare(party, other, own, _traits(other)) for other in others if _apart(party, other))
    return sorted((p for p in compared if p is not None), key=lambda p: (-p.weight, p.second.key))


def village(town: str, address: str) -> str:
    """Town and village of an address: up to the word 村, or the town alone."""
    found = re.search(r"^.*?村", plain(address))
    own = place(found[0]) if found else ""
    return own if own.startswith(place(town)) and own else place(town) + own
