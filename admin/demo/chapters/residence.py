"""After the approval: leases, yearly information, support claimed and publicised, a firm that changes its name (all invented)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from admin.change import service as change
from admin.demo import cast
from admin.demo.chapters import entry, people
from admin.demo.stage import Stage, sample_picture
from admin.enterprise.queries import application_of
from admin.enterprise.rules import APPLICATION
from admin.information import service as information
from admin.lease import service as lease
from admin.lease.models import Lease, Unit
from core.account.actor import Actor
from core.account.queries import actor_of
from core.organisation.queries import get_by_code
from core.workflow.engine import fire

YUAN = 100
SHEET = (960, 720)
NAMES = {"coop": cast.COOP, "jujube": cast.JUJUBE, "shop": cast.SHOP}


def owner_of(stage: Stage, login: str) -> Actor:
    """The owner acting for the enterprise, found by its code: a name may change on the way."""
    return actor_of(stage.user(login).id, get_by_code(cast.CODES[NAMES[login]]).id, "owner")


def newcomer(stage: Stage) -> None:
    """Afterwards a firm that sells fruit online has entered, still under its first name."""
    people.join(stage, next(p for p in cast.PEOPLE if p.login == "shop"))
    case = entry.apply(
        stage, "shop", "enterprise", cast.SHOP_BEFORE, "猗氏镇", "果品公司联系人", "2026-09-09 10:20",
        code=cast.CODES[cast.SHOP],
    )  # fmt: skip
    entry.decide(stage, case, "2026-09-11")


def leases(stage: Stage) -> None:
    """Afterwards one lease ends with the year, one has just begun, one waits for its tenant, and one unit is free."""
    clerk = stage.actor("office", cast.OFFICE, "office_clerk")
    with stage.at("2026-09-02 14:00"):
        store, studio, show, _free = (
            lease.add_unit(clerk, code=f"示例 {code}", building=f"示例 {code[:3]}", area_m2=area, uses=uses)
            for code, area, uses in (
                ("1 幢 101", 420, ["storage", "processing"]),
                ("1 幢 201", 160, ["office", "studio"]),
                ("2 幢 101", 300, ["show", "office"]),
                ("2 幢 201", 150, ["lab", "office"]),
            )
        )
    first = _let(
        stage, "shop", studio, ("2026-09-12 10:00", "2026-09-12 16:10", "2026-09-14 09:00"),
        area_m2=80, starts_on=date(2026, 9, 14), ends_on=date(2026, 12, 31), purpose="studio",
        monthly_rent_fen=1_600 * YUAN, deposit_fen=3_200 * YUAN,
    )  # fmt: skip
    _let(
        stage, "jujube", store, ("2026-09-25 15:00", "2026-09-26 09:30", "2026-09-28 10:00"),
        area_m2=260, starts_on=date(2026, 10, 8), ends_on=date(2028, 10, 7), purpose="storage",
        monthly_rent_fen=3_900 * YUAN, deposit_fen=7_800 * YUAN,
    )  # fmt: skip
    with stage.at("2026-11-25 11:00"):
        lease.offer(
            show, clerk, code=cast.CODES[cast.COOP], area_m2=60, starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31),
            purpose="show", monthly_rent_fen=900 * YUAN, deposit_fen=1_800 * YUAN,
        )  # fmt: skip
    stage.notes["lease"] = str(first.public_id)


def _let(stage: Stage, login: str, unit: Unit, moments: tuple[str, str, str], **terms: object) -> Lease:
    """The lease, offered, confirmed and signed at the three moments."""
    clerk = stage.actor("office", cast.OFFICE, "office_clerk")
    tenant = owner_of(stage, login)
    offered, accepted, signed = moments
    with stage.at(offered):
        made = lease.offer(unit, clerk, code=cast.CODES[NAMES[login]], **terms)  # type: ignore[arg-type]
    with stage.at(accepted):
        lease.accept(made, tenant)
    with stage.at(signed):
        assert tenant.organisation_id is not None
        case = application_of(tenant.organisation_id)
        assert case is not None
        fire(APPLICATION, case, "sign_lease", clerk)
    return made


def told(stage: Stage) -> None:
    """Afterwards the firm has told about itself twice and confirmed the year; the co-op has three figures still to give."""
    shop, coop = owner_of(stage, "shop"), owner_of(stage, "coop")
    figures = {
        "stores": "抖音，示例果品旗舰店，https://shop.example.cn/guopin",
        "brands": "示例小园",
        "staff": 9,
        "staff_local": 8,
        "land_m2": 0,
        "store_m3": 0,
        "turnover_fen": 2_600_000 * YUAN,
        "retail_fen": 1_900_000 * YUAN,
        "tax_fen": 31_000 * YUAN,
    }
    with stage.at("2026-09-16 10:30"):
        information.save(shop, figures)
    with stage.at("2026-10-08 09:20"):
        more = figures["stores"] + "\n线下门店，示例果品店"  # type: ignore[operator]
        information.save(shop, {**figures, "stores": more, "staff": 11, "staff_local": 10})
        information.confirm(shop, 2026)
    with stage.at("2026-11-12 20:15"):
        information.save(
            coop,
            {"stores": "本平台，示例果业合作社，https://shop.example.cn/guoye", "brands": "示例红果", "staff": 24, "staff_local": 24,
             "land_m2": 66_600, "store_m3": 1_200},
        )  # fmt: skip


def renamed(stage: Stage) -> None:
    """Afterwards the firm bears its new name; the former one stands in its history, and a paper was asked for once."""
    shop = owner_of(stage, "shop")
    clerk = stage.actor("office", cast.OFFICE, "office_clerk")
    basis = "示例登记机关变更通知书，示例号〔2026〕15 号，2026年10月23日"
    with stage.at("2026-10-26 09:10"):
        sheet = (sample_picture("变更通知书（样张）", cast.SHOP, "第 1 页", size=SHEET), "通知书.jpg")
        case = change.ask("name", shop, new_name=cast.SHOP, basis=basis, file=sheet)
        change.move(case, "submit", shop)
    with stage.at("2026-10-26 15:30"):
        change.move(case, "return", clerk, "通知书只拍了第 1 页，请把盖章的那一页也拍上。")
    with stage.at("2026-10-27 08:40"):
        sheet = (sample_picture("变更通知书（样张）", cast.SHOP, "两页拼在一张", size=SHEET), "通知书两页.jpg")
        change.fill_in(case, shop, new_name=cast.SHOP, basis=basis, file=sheet)
        change.move(case, "submit", shop)
    with stage.at("2026-10-27 14:00"):
        change.move(case, "screen", clerk)
    with stage.at("2026-10-28 09:30"):
        change.move(case, "approve", stage.actor("director", cast.OFFICE, "office_head"))
    stage.notes["identity_change"] = str(case.public_id)
    stage.notes["shop_code"] = cast.CODES[cast.SHOP]


CHAPTERS: list[tuple[str, Callable[[Stage], None]]] = [
    ("entry-shop", newcomer),
    ("leases", leases),
    ("information", told),
]
