"""Journal, sealing, printing and packing, scanning, recall: each on a 390 px phone, by forms and buttons only."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from core import clock
from tests.e2e.phone import Phone, notes_of_the_story, password_of_the_story, photo
from tests.support.browser import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]


ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 MicroMessenger/8.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15"


def test_a_line_of_the_journal_is_written_without_a_net_sent_later_and_corrected(phones: Any, tmp_path: Path) -> None:
    phone = phones("coop2")
    phone.open("/seasons/quick")
    phone.press("投入品")
    for name, value in (
        ("done_on", clock.today().isoformat()), ("input_name", "示例有机肥"), ("source", "示例农资店"), ("usage", "沟施"),
        ("amount", "每亩 300 kg"),
    ):  # fmt: skip
        phone.page.locator(f"main [name={name}]").fill(value)
    phone.page.locator("main [name=category][value=fertiliser]").check()
    phone.page.locator("main [name=pictures]").set_input_files(photo(tmp_path))
    phone.page.context.set_offline(True)
    phone.page.locator("main form.stack button[type=submit]").last.click()
    phone.page.get_by_text("已经记在手机里").wait_for()
    phone.page.context.set_offline(False)
    phone.page.get_by_text("1 条已发出").wait_for()

    phone.open("/seasons/quick")
    phone.press("看记录")
    phone.sees("示例有机肥", "每亩 300 kg", "看照片")
    phone.press("更正")
    phone.send(amount="每亩 200 kg", reason="记错了一袋")

    phone.sees("每亩 200 kg", "记错了一袋", "更正")


def test_a_lot_is_sealed_with_preview_and_password_and_stands_on_the_consumer_page(
    phones: Any, story: LiveServer
) -> None:
    owner = phones("coop")
    owner.open(f"/trace/alerts/{notes_of_the_story(story)['open_alert']}")
    owner.sees("封存前还差")
    owner.press("去看")
    lot = str(owner.page.url)
    owner.press("去开合格证")
    owner.page.locator("main [name=bases][value=control]").check()
    owner.send(form="producer")
    owner.open(lot)
    owner.press("预览并封存")
    owner.sees("封存以后只能追加或更正")
    owner.send(password="不是这个密码", understood=True)
    owner.sees("密码")
    assert "已签名存证" not in owner.page.inner_text("body")
    owner.send(password=password_of_the_story(story), understood=True)
    owner.wait_for(lot, "已签名存证")

    owner.press("看消费者看到的页面")

    owner.sees("这份记录未被改动", "承诺达标合格证", "存证日志暂无外部见证")


def _labels(owner: Phone, tmp_path: Path) -> list[str]:
    """Addresses on the first page of labels, read back from the downloaded PDF."""
    with owner.page.expect_download() as download:
        owner.page.locator("main button, main a").filter(has_text="下载标签").first.click()
    path = tmp_path / "labels.pdf"
    download.value.save_as(path)
    document = pypdfium2.PdfDocument(path)
    try:
        picture = document[0].render(scale=300 / 72).to_pil()
        return [code.text for code in zxingcpp.read_barcodes(picture) if "/" in code.text]
    finally:
        document.close()


def test_printed_labels_are_packed_into_a_carton_that_shows_what_is_inside(
    phones: Any, story: LiveServer, tmp_path: Path
) -> None:
    lot = notes_of_the_story(story)["apple_lot"]
    owner = phones("coop")
    owner.open(f"/codes/lots/{lot}/new")
    owner.send(count="2")
    owner.page.locator("main [name=format][value=a4]").check()
    owner.page.locator("main [name=last]").fill("2")
    addresses = _labels(owner, tmp_path)
    assert len(addresses) == 2, addresses
    packer = phones("coop2")
    packer.open("/packing/new")
    packer.send(kind="carton", lot="26101501", capacity="2", count="1")
    for number, address in enumerate(addresses, start=1):
        packer.page.locator("[data-form] [name=code]").fill(address)
        packer.page.keyboard.press("Enter")
        packer.page.locator("[data-count]").filter(has_text=str(number)).wait_for()
    packer.page.locator("[data-form] [name=code]").fill(notes_of_the_story(story)["gift_path"])
    packer.page.keyboard.press("Enter")
    packer.page.locator("[data-list] li:not(.s-ok)").first.wait_for()

    packer.page.locator("main button").filter(has_text="封箱").click()
    packer.page.get_by_text("已封箱").first.wait_for()
    packer.open(packer.page.url.removesuffix("/station"))

    packer.sees("26101501", "2 件", "10 kg")
    packer.press("扫箱签看到的页面")
    packer.sees("26101501")


def test_a_code_is_first_then_repeated_its_cover_is_checked_and_a_fake_is_reported_with_a_photo(
    phones: Any, story: LiveServer, tmp_path: Path
) -> None:
    owner = phones("coop")
    owner.open("/codes/")
    with owner.page.expect_navigation():
        owner.page.locator("main tr").filter(has_text="1,200").locator("a").first.click()
    owner.press("导出防伪码")
    with owner.page.expect_download() as download:
        for name, value in (("first", "201"), ("last", "201"), ("reason", "示例试查")):
            owner.page.locator(f"main [name={name}]").fill(value)
        owner.page.locator("main form button[type=submit]").last.click()
    path = tmp_path / "covered.csv"
    download.value.save_as(path)
    row = next(iter(csv.DictReader(path.read_text("utf-8-sig").splitlines())))
    address = re.sub(r"/21/.*", f"/21/{row['编号']}", notes_of_the_story(story)["scan_path"])
    buyer, other = phones(), phones()
    for phone, agent in ((buyer, ANDROID), (other, IPHONE)):  # a headless browser is no visitor and is not counted
        phone.page.set_extra_http_headers({"User-Agent": agent})
    buyer.open(address)
    buyer.sees("这份记录未被改动", "第 1 次")
    other.open(address)
    other.sees("第 2 次")
    buyer.page.locator("[name=covered]").first.fill(row["防伪码"])
    with buyer.page.expect_navigation():
        buyer.page.locator("form").filter(has=buyer.page.locator("[name=covered]")).first.locator("button").click()
    buyer.sees("这是第一次查验")
    other.page.locator("[name=covered]").first.fill(row["防伪码"])
    with other.page.expect_navigation():
        other.page.locator("form").filter(has=other.page.locator("[name=covered]")).first.locator("button").click()
    other.sees("这个防伪码查验过")
    other.press("反映问题")

    other.send(kind="fake", words="箱子的字印得不一样。", bought_at="示例集市", photo=photo(tmp_path))

    other.sees("回执号", "查询码")
    number = re.search(r"LJ-\d{4}-\d+", other.page.inner_text("main"))
    secret = other.page.locator("main .code").first.inner_text().replace(" ", "").replace("\n", "")
    assert number is not None
    other.press("查办理进度")
    other.send(no=number.group(), secret=secret)
    other.sees(number.group())


RECALLED = "抽样发现包装箱受潮发霉，可能影响健康。"


def test_a_recall_runs_from_the_proposal_to_its_close_and_everybody_sees_it(phones: Any, story: LiveServer) -> None:
    notes = notes_of_the_story(story)
    buyer, owner, first, second = phones(), phones("coop"), phones("commerce"), phones("commerce2")
    order = _buy_gift(buyer, notes["listing"])

    recall = _propose(owner, "26101502")
    first.open(recall)
    first.press("批准召回")
    first.send(due_on=clock.today().isoformat())
    first.sees("召回中")

    visitor = phones()
    visitor.wait_for(notes["gift_path"], "正在召回")
    visitor.sees(RECALLED, "留好箱子")
    visitor.open(f"/p/{notes['listing']}")
    visitor.page.locator("main a.pick.gone").filter(has_text="礼盒").wait_for()
    buyer.open(order)
    buyer.sees(RECALLED, "26101502", "看召回公告")
    owner.wait_for(recall, "已短信通知")
    owner.sees("还没有下落", "95 kg")
    _account_for(owner, recall)
    second.open(recall)
    second.page.locator("main [name=reason]").first.fill("数量对得上，同意结束。")
    second.press("核定结束")
    second.page.locator("main form button").last.click()

    visitor.wait_for("/recalls/", "已结束")
    second.open(recall)
    second.sees("已结束")


def _buy_gift(buyer: Phone, listing: str) -> str:
    buyer.open(f"/p/{listing}")
    with buyer.page.expect_navigation():
        buyer.page.locator("main a.pick").filter(has_text="礼盒").first.click()
    with buyer.page.expect_navigation():
        buyer.page.locator("button").filter(has_text="立即购买").first.click()
    buyer.send(
        name="示例买家", mobile="19987654322", province="山西省", city="太原市", county="小店区", detail="示例路 8 号",
        method="cod",
    )  # fmt: skip
    with buyer.page.expect_navigation():
        buyer.page.locator("main a[href*='/o/']").first.click()
    return str(buyer.page.url)


def _propose(owner: Phone, lot_no: str) -> str:
    owner.open("/trace/recalls/new")
    owner.send(
        lots=lot_no, level="two", reason=RECALLED, action="先别吃，留好箱子和标签。", refund="整盒退款，不用寄回。",
        phone="0359-2000000",
    )  # fmt: skip
    recall = str(owner.page.url)
    owner.press("提出召回")
    owner.sees("待批准")
    return recall


def _account_for(owner: Phone, recall: str) -> None:
    owner.press("登记下落")
    owner.send(lot="26101502", kind="destroyed", mass_g="95", note="送县无害化处理点，过磅单存档")
    owner.press("写召回总结")
    owner.send(summary="查明是库房漏水，整批销毁，已修好屋顶，以后每周查一次库房。")
    owner.open(recall)
    owner.press("提交总结")
    owner.sees("待核定")
