"""Link types, the check of a target, linksets, and the choice of one link (pure; GS1-Conformant Resolver, RFC 9264)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from core.gs1.errors import Malformed
from trace.resolver.negotiation import Wish, language_quality, media_quality

VOC = "https://ref.gs1.org/voc/"
LINKSET = "application/linkset+json"
MAX_HREF, MAX_TITLE = 500, 60
# The link types of the GS1 Web Vocabulary an enterprise may use, with their Chinese label.
LINK_TYPES = {
    "pip": "商品介绍页", "instructions": "使用说明", "recipeInfo": "做法、食谱", "consumerHandlingStorageInfo": "贮存方法",
    "certificationInfo": "认证信息", "nutritionalInfo": "营养信息", "ingredientsInfo": "配料", "allergenInfo": "过敏原信息",
    "safetyInfo": "安全信息", "traceability": "追溯信息", "sustainabilityInfo": "环保和回收", "homepage": "企业网站",
    "support": "客服", "serviceInfo": "售后服务", "faqs": "常见问题", "hasRetailers": "哪里能买到", "promotion": "优惠活动",
    "review": "评价", "relatedVideo": "视频", "relatedImage": "图片", "socialMedia": "社交账号", "masterData": "主数据",
    "epcis": "EPCIS 事件库", "verificationService": "核对服务", "recallStatus": "召回情况", "reportFound": "报告可疑产品",
    "registryEntry": "登记信息", "dpp": "数字产品护照", "quickStartGuide": "快速入门", "tutorial": "教程",
}  # fmt: skip
MEDIA_TYPES = {
    "text/html": "网页", "application/pdf": "PDF", "application/json": "JSON", "application/ld+json": "JSON-LD",
    "image/jpeg": "JPEG 图片", "image/png": "PNG 图片", "video/mp4": "MP4 视频", "text/csv": "CSV 表格",
}  # fmt: skip
LANGUAGES = {"zh": "中文", "en": "英文", "ru": "俄文", "ja": "日文", "ko": "韩文", "vi": "越南文", "th": "泰文"}
_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})")
_TARGET = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_QUERY_SAFE = "-._~!$&'()*+,;=:@/?%"


@dataclass(frozen=True, slots=True)
class Target:
    """One link: its type (a name of the GS1 vocabulary), where it leads, its title, and what tells it apart."""

    type: str
    href: str
    title: str
    media: str = ""
    languages: tuple[str, ...] = ()
    forward: bool = True

    def described(self) -> dict[str, Any]:
        """The object of the linkset."""
        out: dict[str, Any] = {"href": self.href, "title": self.title}
        if self.media:
            out["type"] = self.media
        if self.languages:
            out["hreflang"] = list(self.languages)
        if not self.forward:
            out["fwqs"] = False
        return out


@dataclass(frozen=True, slots=True)
class Level:
    """One level of an identifier (unit, lot, product): its own address, its default and its links."""

    anchor: str
    description: str
    default: Target
    links: tuple[Target, ...]


def check_target(href: str, *, own_host: str) -> str:
    """``href`` if it is a plain https address of a named host, in the form it is stored; Malformed says what is wrong."""
    text = href.strip()
    if not text or len(text) > MAX_HREF:
        raise Malformed(f"地址是 1 到 {MAX_HREF} 个字符。", code="resolver.length", field="href")
    if not text.lower().startswith("https://"):
        raise Malformed("地址要以 https:// 开头。", code="resolver.scheme", field="href")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise Malformed("地址写得不完整，或端口不对。", code="resolver.shape", field="href") from None
    if "@" in parts.netloc:
        raise Malformed("地址里不能带用户名和密码。", code="resolver.userinfo", field="href")
    host = _ascii_host(parts.hostname or "")
    if not _HOST.fullmatch(host):
        raise Malformed("地址要用域名，不能用 IP 地址或本机名。", code="resolver.host", field="href")
    if port not in (None, 443):
        raise Malformed("地址里不能写别的端口。", code="resolver.port", field="href")
    if host == own_host.split(":", maxsplit=1)[0].lower() and is_code_address(parts.path):
        raise Malformed("不能指向扫码地址本身，会来回跳转。", code="resolver.loop", field="href")
    rest = "".join(
        (parts.path or "/", "?" + parts.query if parts.query else "", "#" + parts.fragment if parts.fragment else "")
    )
    rest = quote(rest, safe=_QUERY_SAFE + "#[]")
    if not _TARGET.fullmatch(rest):
        raise Malformed("地址里有不允许的字符。", code="resolver.characters", field="href")
    return f"https://{host}{rest}"


def _ascii_host(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return ""


def is_code_address(path: str) -> bool:
    """Whether a path of ours is answered by redirecting: a target there would lead in a circle."""
    return path.startswith(("/01/", "/00/", "/414/")) or path[:9].lower() == "/id/uscc/"


def linkset(levels: Sequence[Level]) -> dict[str, Any]:
    """The linkset of an address: one context object per level, the asked one first, each with exactly one default link.

    The default link has href and title only; its target also stands under a descriptive type of the same level.
    """
    return {"linkset": [_context(level) for level in levels]}


def _context(level: Level) -> dict[str, Any]:
    out: dict[str, Any] = {
        "anchor": level.anchor,
        "itemDescription": level.description,
        VOC + "defaultLink": [{"href": level.default.href, "title": level.default.title}],
    }
    for link in level.links:
        out.setdefault(VOC + link.type, []).append(link.described())
    return out


def some_links(anchor: str, description: str, links: Sequence[Target]) -> dict[str, Any]:
    """A linkset of equally good links only: the body of 300 Multiple Choices."""
    out: dict[str, Any] = {"anchor": anchor, "itemDescription": description}
    for link in links:
        out.setdefault(VOC + link.type, []).append(link.described())
    return {"linkset": [out]}


def link_type_of(query: str) -> str | None:
    """The link type a query asks for, without prefix: ``linkset``, ``pip``, ...; None where it asks for none.

    ``all`` is the deprecated alias of ``linkset``.  What is no GS1 link type comes back as given and is never found.
    """
    found = next((value for name, value in parse_qsl(query, keep_blank_values=True) if name == "linkType"), None)
    if not found:
        return None
    name = found.strip()
    for prefix in ("gs1:", VOC, "https://gs1.org/voc/", "http://gs1.org/voc/", "https://www.gs1.org/voc/"):
        name = name.removeprefix(prefix)
    return "linkset" if name == "all" and found in ("all", "gs1:all") else name


def choose(levels: Sequence[Level], link_type: str, wish: Wish) -> list[Target]:
    """The best links of a type: none, one, or several equally good ones; the most specific level that has the type wins."""
    if link_type == "defaultLink":
        return [levels[0].default] if levels else []
    for level in levels:
        links = [link for link in level.links if link.type == link_type]
        if links:
            scored = [(_score(link, wish), link) for link in links]
            best = max(score for score, _ in scored)
            return list({link.href: link for score, link in scored if score == best}.values())
    return []


def _score(link: Target, wish: Wish) -> tuple[float, float]:
    return language_quality(link.languages, wish.languages), media_quality(link.media, wish.media)


def with_query(link: Target, query: str) -> str:
    """Where a request is sent: the stored target with the key=value pairs of the request (``linkType`` is used up)."""
    pairs = [pair for pair in query.split("&") if pair and pair.split("=", 1)[0] != "linkType"]
    if not pairs or not link.forward:
        return link.href
    given = quote("&".join(pairs), safe=_QUERY_SAFE)
    address, hash_mark, fragment = link.href.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{given}{hash_mark}{fragment}"
