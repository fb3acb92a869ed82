"""Who may download a mark file, and where the user's code stands in it (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from brand.certificate.rules import KINDS
from core.errors import Unmet

MANAGE, USE = "brand.mark.manage", "brand.mark.use"
PURPOSES = {"print": "印刷用", "screen": "网页用", "black": "单色", "other": "其他"}
BRAND = "brand"
MARKS = {
    BRAND: "品牌标志",
    **{key: kind.label for key, kind in KINDS.items() if kind.marked and key != "sc"},
}  # SC is a number on the label, no picture
CODED = frozenset(
    {"gi_mark"}
)  # the user's 统一社会信用代码 stands in a fixed place (地理标志专用标志使用管理办法（试行）)
PLACE = 1000  # places in a picture are thousandths of its width and height
ART_CODE = "地理标志专用标志使用管理办法（试行）"


@dataclass(frozen=True, slots=True)
class Held:
    """A licence or certificate of the organisation: its number, what for, whether it holds today, the code to print."""

    number: str
    mark: str
    brand_id: int | None
    live: bool
    why: str = ""
    printed_code: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle in thousandths of the picture, from its upper left corner; width 0 means none."""

    left: int = 0
    top: int = 0
    width: int = 0
    height: int = 0

    @property
    def given(self) -> bool:
        return self.width > 0


NO_PLACE = Place()


def fits(held: Held, mark: str, brand_id: int | None) -> bool:
    """Whether the licence or certificate is for this very brand or mark."""
    return held.mark == mark and held.brand_id == brand_id


def authority(held: Sequence[Held], mark: str, brand_id: int | None) -> Held | None:
    """What files of the brand or mark may be taken under: live, and for this very one."""
    return next((h for h in held if h.live and fits(h, mark, brand_id)), None)


def concerns(held: Sequence[Held], mark: str, brand_id: int | None) -> bool:
    """Whether the organisation has or had something for the mark; nobody else is shown its files."""
    return any(fits(h, mark, brand_id) for h in held)


def unmet_download(
    held: Sequence[Held], mark: str, brand_id: int | None, *, retired: bool, current: bool
) -> list[Unmet]:
    """Everything that stands in the way of taking the file."""
    out = []
    if retired:
        out.append(
            Unmet(
                "mark.retired",
                "这一版标志已经停用，不能下载。",
                help="用现在的一版；已印的包装按停用说明处理。",
                who="品牌办公室",
            )
        )
    elif not current:
        out.append(Unmet("mark.superseded", "这不是现在的一版，不能下载。", help="回到列表，下载现在的一版。"))
    found = authority(held, mark, brand_id)
    if found is None:
        out.append(_missing([h for h in held if fits(h, mark, brand_id)], mark))
    elif mark in CODED and not found.printed_code:
        out.append(
            Unmet(
                "mark.no_code",
                "专用标志里要印使用人的统一社会信用代码，本单位没有登记这个代码。",
                ART_CODE,
                "先在“本单位”里登记统一社会信用代码。",
                "本单位负责人",
            )
        )
    return out


def _missing(ended: Sequence[Held], mark: str) -> Unmet:
    paper = "授权" if mark == BRAND else "证书"
    said = (
        f"{paper} {ended[0].number} {ended[0].why or '现在不在有效期内'}，不能下载。"
        if ended
        else f"本单位没有这个标志的{paper}，不能下载。"
    )
    then = "续办或恢复品牌授权以后就能下载。" if mark == BRAND else "证书续展、恢复，并经品牌办公室核对以后就能下载。"
    return Unmet("mark.no_authority", said, help=then, who="本单位负责人")


def unsound_place(place: Place, mark: str, *, picture: bool) -> str:
    """Why a place of the code cannot stand; '' where it can."""
    if mark not in CODED:
        return "只有地理标志专用标志里印使用人代码，这里不填。" if place.given or place.height else ""
    if not picture:
        return "专用标志要把使用人代码画进去，只收 PNG 或 JPEG。"
    if place.width <= 0 or place.height <= 0:
        return "专用标志要写明代码的固定位置（左、上、宽、高，千分之几）。"
    if min(place.left, place.top) < 0 or place.left + place.width > PLACE or place.top + place.height > PLACE:
        return "代码的位置超出了图片。"
    return ""
