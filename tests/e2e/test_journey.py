"""One lot walks from the registration of its producer to an order, on a 390 px phone, by forms and buttons only."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from core import clock
from core.identifiers import compose_uscc
from tests.e2e.phone import Phone, photo
from tests.support.browser import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CODE = compose_uscc("Y1000000", "E2E00001")
MOBILE = "19912345678"
PASSWORD = "果园里的灯还一直亮着呢"
NAME = "临猗示例新果园合作社"


def test_a_lot_walks_from_registration_to_an_order(phones: Any, story: LiveServer, tmp_path: Path) -> None:
    owner = phones()
    _register(owner, phones, tmp_path)
    _license(owner, phones, tmp_path)
    lot = _grow_and_pack(owner)
    _seal(owner, lot)
    address = _print(owner, lot, tmp_path)
    _scan(phones(), address)
    product = _list(owner, phones)
    order = _buy(phones(), product)
    _ship(owner, order)


def _register(owner: Phone, phones: Any, tmp_path: Path) -> None:
    owner.open("/register")
    owner.send(display_name="新果园负责人", mobile=MOBILE, password=PASSWORD)
    owner.open("/join")
    owner.page.locator("main form").filter(has=owner.page.locator("[value='enterprise']")).locator("button").click()
    case = owner.page.url
    owner.send(
        code=CODE, name=NAME, town="北景乡", address="北景乡", business="种苹果", contact_name="新果园联系人",
        contact_mobile=MOBILE, licence_until="2036-12-31", promised=True, lawful_use=True,
    )  # fmt: skip
    owner.open(case)
    owner.send(picture=photo(tmp_path))
    owner.open(case)
    owner.press("提交")
    clerk = phones("office")
    _act(clerk, "/entry/cases", NAME, "退回", reason="地址请补到村。")
    owner.open(case)
    owner.sees("地址请补到村")
    owner.send(address="北景乡示例村")
    owner.open(case)
    owner.press("提交")
    _open_case(clerk, "/entry/cases", NAME)
    clerk.send(visited_on=clock.today().isoformat())
    _act(clerk, "/entry/cases", NAME, "受理")
    _act(phones("director"), "/entry/cases", NAME, "批准入驻")
    owner.open("/account/choose")
    owner.press(NAME)
    owner.sees("工作台")


def _open_case(phone: Phone, index: str, name: str) -> None:
    phone.open(index)
    with phone.page.expect_navigation():
        phone.page.locator("main tbody tr").filter(has_text=name).locator("a").first.click()
    phone.check()


def _act(phone: Phone, index: str, name: str, label: str, reason: str = "") -> None:
    _open_case(phone, index, name)
    if reason:
        phone.page.locator("main [name=reason]").first.fill(reason)
    phone.press(label)


def _license(owner: Phone, phones: Any, tmp_path: Path) -> None:
    owner.open("/trace/keys")
    owner.press("密钥")
    today = clock.today()
    owner.open("/brand/cases/new")
    owner.send(brand_id="临猗苹果")
    case = owner.page.url
    owner.send(variety="红富士", form="鲜果", specification="80–85", yearly_grams="20000")
    for kind in ("基地证明", "残留检测报告", "包装样稿"):
        more = {"specification": "80–85"} if kind == "包装样稿" else {"issued_on": today.isoformat()}
        owner.send(kind=kind, file=photo(tmp_path), **more)
    owner.send(agreed=True, quality=True)
    owner.open(case)
    owner.press("提交申请")
    number = re.search(r"SQ-\d{4}-\d+", owner.page.locator("main").inner_text())
    assert number is not None
    clerk, head = phones("brand"), phones("brandhead")
    _act(clerk, "/brand/cases", number.group(), "审查通过")
    _open_case(head, "/brand/cases", number.group())
    head.press("批准")
    owner.open(case)
    owner.sees("猗品授")


def _grow_and_pack(owner: Phone) -> str:
    today = clock.today().isoformat()
    owner.open("/places/new")
    owner.send(
        kind="地块", code="P-1", village="临猗县北景乡示例村", area_mu="12", latitude="35.19", longitude="110.71"
    )
    owner.open("/items/new")
    owner.send(name="红富士统货", level="loose", variety="红富士", form="鲜果", own_code="LOOSE")
    owner.open("/items/new")
    owner.send(
        name="红富士 5 kg 箱", level="box", variety="红富士", form="鲜果", specification="80–85", grade="一等品",
        net_content_g="5", own_code="BOX5", storage_method="0–4 ℃ 冷藏", shelf_life_days="90",
    )  # fmt: skip
    owner.open("/seasons/new")
    owner.send(place="P-1", variety="红富士")
    season = owner.page.url
    owner.press("记农事")
    owner.send(done_on=today, summary="摘袋，转果")
    owner.open(season)
    owner.press("记采收")
    owner.send(done_on=today, mass_g="205")
    owner.open("/lots/receive")
    owner.page.locator("main [name^=take]").first.fill("205")
    owner.send(item="红富士统货")
    owner.open("/lots/pack")
    owner.page.locator("main [name^=take]").first.fill("205")
    owner.send(item="5 kg", pieces="40")
    return str(owner.page.url)


def _seal(owner: Phone, lot: str) -> None:
    owner.open("/organisation")
    owner.send(public_phone="0359-2000000")
    owner.open(lot)
    owner.press("去开合格证")
    owner.page.locator("main [name=bases][value=control]").check()
    owner.send(form="producer")
    owner.open(lot)
    owner.press("预览并封存")
    owner.sees("封存以后只能追加或更正")
    owner.send(password=PASSWORD, understood=True)
    owner.wait_for(lot, "已封存")


def _print(owner: Phone, lot: str, tmp_path: Path) -> str:
    owner.open(f"/codes/lots/{lot.rpartition('/')[2]}/new")
    owner.send(count="40")
    with owner.page.expect_download() as download:
        owner.page.locator("main button, main a").filter(has_text="下载标签").first.click()
    path = tmp_path / "labels.pdf"
    download.value.save_as(path)
    document = pypdfium2.PdfDocument(path)
    try:
        found = zxingcpp.read_barcodes(document[0].render(scale=300 / 72).to_pil())
    finally:
        document.close()
    assert found, "no code can be read on the labels"
    return str(found[0].text)


def _scan(phone: Phone, address: str) -> None:
    phone.open(address)
    phone.sees("这份记录未被改动", "存证日志暂无外部见证", "承诺达标合格证", NAME)


def _list(owner: Phone, phones: Any) -> str:
    owner.open("/enterprise/receiving")
    owner.send(cash_on_delivery=True)
    owner.open("/places/new")
    owner.send(kind="包装", code="B-1", village="临猗县北景乡示例村")
    owner.open("/enterprise/stock")
    owner.send(lot_id="2611", site_id="B-1", quantity="40")
    owner.open("/enterprise/listings/new")
    owner.send(
        title="新果园红富士 5 kg", kind="苹果", origin="山西省运城市临猗县", description="树上熟，采后冷藏。",
        dispatch_note="48 小时内发出", freight_fen="0", perishable=True, claim_terms="坏果按枚退款，不用寄回。",
    )  # fmt: skip
    listing = str(owner.page.url)
    owner.send(item_id="BOX5", size_label="5 kg 箱", price_fen="59.80")
    owner.open(listing)
    owner.press("提交审核")
    office = phones("office")
    office.open(f"/office/listings/{listing.rpartition('/')[2]}")
    office.press("审核通过并上架")
    return f"/p/{listing.rpartition('/')[2]}"


def _buy(buyer: Phone, product: str) -> str:
    buyer.open(product)
    buyer.sees("59.80", NAME, "存证日志暂无外部见证")
    with buyer.page.expect_navigation():
        buyer.page.locator("button").filter(has_text="立即购买").first.click()
    buyer.sees("鲜活易腐")
    buyer.send(
        name="示例买家", mobile="19987654321", province="山西省", city="太原市", county="小店区", detail="示例路 9 号",
        method="cod",
    )  # fmt: skip
    buyer.sees("订单已生成", "收到货再付款")
    with buyer.page.expect_navigation():
        buyer.page.locator("main a[href*='/o/']").first.click()
    order = str(buyer.page.url)
    buyer.sees("新果园红富士")
    with buyer.page.expect_navigation():
        buyer.page.locator(
            "main a[href*='/trace/records/'], main a[href*='/scan/'], main a[href*='/id/']"
        ).first.click()
    buyer.sees("未被改动")
    return order


def _ship(owner: Phone, order: str) -> None:
    owner.open("/enterprise/orders")
    with owner.page.expect_navigation():
        owner.page.locator("main tbody tr a").first.click()
    owner.press("接单")
    owner.page.locator("main [name=carrier]").select_option(label="中通")
    owner.page.locator("main [name=waybill_no]").fill("76123456789012")
    owner.press("登记发货")
    owner.open(order)
    owner.sees("76123456789012", "中通")
