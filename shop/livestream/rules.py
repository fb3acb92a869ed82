"""Host workflow and the attribution rule, which is frozen on the order line by its version (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import Unmet
from core.workflow.table import Move, State, Workflow

RULE_VERSION = "2026-11.1"
WINDOW = timedelta(days=30)
RULE_TEXT = (
    "第 2026-11.1 版：打开主播链接后 30 天内，在同一浏览器下单该链接所指的商品，计给最后一次打开的那位主播；"
    "主播本人下单不计；下单时主播资格须有效。"
)
PLATFORMS = (
    ("douyin", "抖音"),
    ("kuaishou", "快手"),
    ("shipinhao", "视频号"),
    ("taobao", "淘宝直播"),
    ("other", "其他"),
)


@dataclass(frozen=True, slots=True)
class HostFacts:
    account: str
    promise: bool


def application_complete(facts: HostFacts) -> list[Unmet]:
    """A host names the account they stream from and promises to speak by the lot's record."""
    unmet = []
    if not facts.account.strip():
        unmet.append(
            Unmet("livestream.host.account", "缺少直播账号。", help="填写平台里的账号名或账号编号。", who="主播")
        )
    if not facts.promise:
        unmet.append(
            Unmet(
                "livestream.host.promise",
                "还没有承诺按批次记录介绍商品。",
                "广告法 第二十八条",
                "勾选承诺后再提交。",
                "主播",
            )
        )
    return unmet


HOST = Workflow(
    key="shop.host",
    label="主播登记",
    article="网络直播营销管理办法（试行） 第八条",
    states=[
        State("draft", "待提交", "todo"),
        State("submitted", "待审核", "busy"),
        State("approved", "已登记", "ok"),
        State("suspended", "已停用", "bad"),
    ],
    initial="draft",
    moves=[
        Move(
            "submit",
            "提交登记",
            ["draft"],
            "submitted",
            "shop.livestream.apply",
            by="public",
            guards=[application_complete],
        ),
        Move("return", "退回补正", ["submitted"], "draft", "shop.livestream.review", reason=True, who="品牌办经办"),
        Move(
            "approve",
            "批准登记",
            ["submitted"],
            "approved",
            "shop.livestream.review",
            guards=[application_complete],
            not_same_person_as=["submit"],
            who="品牌办经办",
        ),
        Move("suspend", "停用", ["approved"], "suspended", "shop.livestream.review", reason=True, who="品牌办经办"),
        Move("restore", "恢复", ["suspended"], "approved", "shop.livestream.review", reason=True, who="品牌办经办"),
    ],
)


@dataclass(frozen=True, slots=True)
class Click:
    """One opening of a host's link, as remembered by the browser."""

    link_id: int
    listing_id: int
    host_id: int
    host_user_id: int
    host_active: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Attribution:
    """What is frozen on the order line."""

    host_id: int
    link_id: int
    rule_version: str


def attribute(
    clicks: Sequence[Click], *, listing_id: int, buyer_user_id: int | None, now: datetime
) -> Attribution | None:
    """Whom a line of ``listing_id`` counts for: the last click within 30 days, by an active host, not on themselves."""
    alive = [c for c in clicks if c.listing_id == listing_id and now - WINDOW < c.at <= now]
    if not alive:
        return None
    last = max(alive, key=lambda c: c.at)
    if not last.host_active or (buyer_user_id is not None and last.host_user_id == buyer_user_id):
        return None
    return Attribution(last.host_id, last.link_id, RULE_VERSION)
