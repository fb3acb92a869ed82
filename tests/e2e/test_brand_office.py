"""The brand office at work and a consumer who reports misuse: each on a 390 px phone, by forms and buttons only."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from core import clock
from tests.e2e.phone import Phone, notes_of_the_story, photo
from tests.support.browser import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MIXED = "3 号地种的是玉米，与申请写明的不符。补登记果园地块后再申请。"


def _applied(owner: Phone, tmp_path: Path, specification: str) -> str:
    """The address of an application that was sent."""
    today = clock.today().isoformat()
    owner.open("/brand/cases/new")
    owner.send(brand_id="临猗苹果")
    case = str(owner.page.url)
    owner.send(variety="红富士", form="鲜果", specification=specification, yearly_grams="20000")
    for kind in ("基地证明", "残留检测报告", "包装样稿"):
        more = {"specification": specification} if kind == "包装样稿" else {"issued_on": today}
        owner.send(kind=kind, file=photo(tmp_path), **more)
    owner.send(agreed=True, quality=True)
    owner.open(case)
    owner.press("提交申请")
    return case


def _says(phone: Phone, label: str, reason: str) -> None:
    phone.page.locator("main [name=reason]").first.fill(reason)
    phone.press(label)


def _unfold(phone: Phone, words: str) -> None:
    phone.page.locator("main summary").filter(has_text=words).first.click()


def test_a_clerk_returns_an_application_hears_an_expert_and_leaves_the_decision_to_another_person(
    phones: Any, story: LiveServer, tmp_path: Path
) -> None:
    owner, clerk = phones("undertaker"), phones("brand")
    case = _applied(owner, tmp_path, "75–80")
    clerk.open(case)
    clerk.sees("待受理", "条件都已满足")
    _says(clerk, "退回补正", "样稿上没有印统一社会信用代码，请换一张。")
    clerk.sees("请补正")
    owner.open(case)
    owner.sees("样稿上没有印统一社会信用代码")
    owner.send(kind="包装样稿", file=photo(tmp_path), specification="75–80")
    owner.open(case)
    owner.press("提交申请")

    clerk.open(case)
    clerk.press("受理")
    clerk.sees("审查中")
    _unfold(clerk, "填意见")
    clerk.send(
        post="果树栽培高级农艺师", conclusion="conditional", words="第一年用这个规格，建议先试用一季。",
        given_on=clock.today().isoformat(),
    )  # fmt: skip
    clerk.sees("附条件同意", "建议先试用一季")
    _says(clerk, "审查通过", "材料齐全，专家建议先试用一季。")

    clerk.sees("待审定", "你现在的身份没有要办的事")
    owner.open(case)
    owner.sees("待审定")


def test_a_refusal_names_its_ground_and_the_appeal_goes_to_another_decider_who_sets_a_condition(
    phones: Any, story: LiveServer, tmp_path: Path
) -> None:
    owner, clerk = phones("jujube"), phones("brand")
    case = _applied(owner, tmp_path, "70–75")
    clerk.open(case)
    clerk.press("审查通过")
    first, second = phones("brandhead"), phones("brandhead2")
    first.open(case)
    first.page.locator("main [name=ground-origin]").check()
    _says(first, "不予授权", MIXED)
    first.sees("不能撤回")
    first.press("不予授权")
    first.sees("使用条件第二条")

    owner.open(case)
    owner.sees(MIXED, "第二条")
    _says(owner, "申诉", "玉米是去年的，今年已全部改种富士，附照片。")
    first.open(case)
    first.sees("复核中", "换一名")
    second.open(case)
    second.page.locator("main [name=conditions]").fill("只限 3 号地的果，试用一季")
    _says(second, "批准", "到现场看过，已改种。")

    second.sees("已授权", "猗品授")
    owner.open(case)
    owner.sees("猗品授", "只限 3 号地的果")
    owner.press("公开页面")
    owner.sees("只限 3 号地的果")


def test_a_consumer_reports_a_mark_with_photo_place_and_link_and_follows_the_receipt(
    phones: Any, story: LiveServer, tmp_path: Path
) -> None:
    buyer, clerk = phones(), phones("brand")
    link = f"/p/{notes_of_the_story(story)['listing']}"
    buyer.open(f"/misuse/report?about={link}")
    assert buyer.page.locator("main [name=link]").input_value() == link
    buyer.send(
        mark="organic",
        words="箱子上印着有机苹果，扫码没有证书。",
        place="示例集市 7 号摊",
        link=link,
        photo=photo(tmp_path),
    )
    number = re.search(r"JB-\d{4}-\d+", buyer.page.inner_text("main"))
    secret = buyer.page.locator("main .code").first.inner_text().replace(" ", "").replace("\n", "")
    assert number is not None

    def follow(*words: str) -> None:
        buyer.open("/misuse/progress")
        buyer.send(no=number.group(), secret=secret)
        buyer.sees(*words)

    follow("待核查", "还没有开始核查")
    clerk.open("/misuse/cases")
    with clerk.page.expect_navigation():
        clerk.page.locator("main tbody tr").filter(has_text="有机").locator("a").first.click()
    clerk.sees("箱子上印着有机苹果", "示例集市 7 号摊", link, "举报人拍的照片")
    clerk.press("立案核查")
    follow("正在核查")
    _says(clerk, "不予立案", "核对了实物照片，印的是商标“有机缘”，不是有机产品标志。")
    clerk.press("不予立案")

    follow("不予立案", "印的是商标")
    buyer.send(no=number.group(), secret="WRONG123")
    buyer.sees("没有找到这件举报")
