"""Delivery addresses, pasted addresses, and how a cart falls into orders (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.errors import BadInput, Unmet
from core.identifiers import check_mobile, normalise_text

PROVINCES = (
    "北京市", "天津市", "河北省", "山西省", "内蒙古自治区", "辽宁省", "吉林省", "黑龙江省", "上海市", "江苏省", "浙江省",
    "安徽省", "福建省", "江西省", "山东省", "河南省", "湖北省", "湖南省", "广东省", "广西壮族自治区", "海南省", "重庆市",
    "四川省", "贵州省", "云南省", "西藏自治区", "陕西省", "甘肃省", "青海省", "宁夏回族自治区", "新疆维吾尔自治区",
    "台湾省", "香港特别行政区", "澳门特别行政区",
)  # fmt: skip
MUNICIPALITIES = ("北京市", "天津市", "上海市", "重庆市")
LIMITS = {"name": 30, "province": 12, "city": 20, "county": 20, "town": 30, "detail": 100}
LABELS = {
    "name": "收货人",
    "province": "省",
    "city": "市",
    "county": "县（区）",
    "town": "乡镇街道",
    "detail": "详细地址",
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a parcel goes.  Town may be empty; everything else is needed."""

    name: str = ""
    mobile: str = ""
    province: str = ""
    city: str = ""
    county: str = ""
    town: str = ""
    detail: str = ""

    @property
    def region(self) -> str:
        city = "" if self.city == self.province else self.city
        return f"{self.province}{city}{self.county}"

    @property
    def line(self) -> str:
        return f"{self.region}{self.town}{self.detail}"


def check_address(address: Address) -> tuple[Address, list[Unmet]]:
    """The address in canonical form and everything wrong with it, all fields at once."""
    unmet: list[Unmet] = []
    clean = address
    for name, limit in LIMITS.items():
        raw = getattr(address, name)
        try:
            text = normalise_text(raw)
        except BadInput as error:
            unmet.append(
                Unmet(f"checkout.address.{name}", f"{LABELS[name]}：{error.message}", help="重新输入这一项。", who="你")
            )
            continue
        clean = replace(clean, **{name: text})
        if not text and name != "town":
            unmet.append(
                Unmet(f"checkout.address.{name}", f"还没有填{LABELS[name]}。", help="补上后再提交。", who="你")
            )
        elif len(text) > limit:
            message = f"{LABELS[name]}最多 {limit} 个字，现在 {len(text)} 个。"
            unmet.append(Unmet(f"checkout.address.{name}", message, help="删短一些。", who="你"))
    if clean.province and clean.province not in PROVINCES:
        unmet.append(
            Unmet(
                "checkout.address.province",
                f"没有叫“{clean.province[:12]}”的省份。",
                help="从列表里选择省份。",
                who="你",
            )
        )
    try:
        clean = replace(clean, mobile=check_mobile(address.mobile))
    except BadInput as error:
        unmet.append(Unmet("checkout.address.mobile", error.message, help="填收货人能接通的手机号。", who="你"))
    return clean, unmet


_LABEL = re.compile(
    r"(收货人|收件人|姓名|联系人|联系电话|手机号码|手机号|手机|电话|所在地区|收货地址|详细地址|地址)\s*[:：]?"
)
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[-\s]?)?(1[3-9]\d[-\s]?\d{4}[-\s]?\d{4})(?!\d)")
_CITY = re.compile(r"^([\u4e00-\u9fff]{2,10}?(?:自治州|地区|盟|市))")
_COUNTY = re.compile(r"^([\u4e00-\u9fff]{1,10}?(?:自治县|自治旗|新区|区|县|市|旗))")
_TOWN = re.compile(r"^([\u4e00-\u9fff]{1,12}?(?:街道|镇|乡|苏木))")


def parse_pasted(text: str) -> Address:
    """A best reading of one pasted line (name, mobile, address in any order); what cannot be read stays empty."""
    plain = unicodedata.normalize("NFKC", text)[:300]
    plain = "".join(" " if unicodedata.category(c).startswith("C") else c for c in plain)
    plain = _LABEL.sub(" ", plain)
    mobile = ""
    found = _MOBILE.search(plain)
    if found:
        mobile = re.sub(r"\D", "", found.group(1))
        plain = f"{plain[: found.start()]} {plain[found.end() :]}"
    pieces = [p for p in re.split(r"[\s,，;；、|]+", plain) if p]
    start = next((i for i, p in enumerate(pieces) if _province_of(p)), None)
    if start is None:
        start = next((i for i, p in enumerate(pieces) if _CITY.match(p) or _COUNTY.match(p)), None)
    if start is None:
        return Address(name=_name_of(pieces), mobile=mobile, detail="".join(p for p in pieces if p != _name_of(pieces)))
    name = _name_of(pieces[:start]) or _name_of(pieces[start + 1 :][-1:])
    rest = "".join(p for p in pieces[start:] if p != name)
    return replace(_regions(rest), name=name, mobile=mobile)


def _name_of(pieces: Sequence[str]) -> str:
    return next((p for p in pieces if 2 <= len(p) <= 6 and not re.search(r"[\d省市县区镇乡村路号楼]", p)), "")


def _province_of(text: str) -> tuple[str, int] | None:
    for full in PROVINCES:
        short = re.sub(r"(省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)$", "", full)
        if text.startswith(full):
            return full, len(full)
        if text.startswith(short):
            return full, len(short)
    return None


def _regions(text: str) -> Address:
    province, city, county, town = "", "", "", ""
    head = _province_of(text)
    if head:
        province, cut = head
        text = text[cut:]
    if province in MUNICIPALITIES:
        city = province
        text = text.removeprefix(province)
    elif found := _CITY.match(text):
        city, text = found.group(1), text[found.end() :]
    if found := _COUNTY.match(text):
        county, text = found.group(1), text[found.end() :]
    if found := _TOWN.match(text):
        town, text = found.group(1), text[found.end() :]
    return Address(province=province, city=city, county=county, town=town, detail=text)


def parcels(sellers: Mapping[int, Sequence[int]], freight_of: Mapping[int, int]) -> dict[int, int]:
    """Freight in 分 per seller: one parcel each, the dearest of the listings in it."""
    return {seller: max((freight_of[x] for x in listings), default=0) for seller, listings in sellers.items()}
