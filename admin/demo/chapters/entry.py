"""Two enterprises and an undertaker register; one is sent back once, then approved."""

from __future__ import annotations

from datetime import date

from admin.demo import cast
from admin.demo.stage import Stage, sample_picture
from admin.enterprise import service
from admin.enterprise.models import Application
from core.account.service import add_member
from core.organisation.service import edit_profile

CONDITIONS = (
    "注册地或主要经营地在临猗县",
    "主营水果、农产品或为其服务",
    "如实报送生产、销售和统计信息，接受检查",
    "遵守公用品牌和两品一标的使用规定",
)


def tell(stage: Stage) -> None:
    """Afterwards the co-op, the jujube firm and the undertaker are registered enterprises with an owner each."""
    with stage.at("2026-09-02 09:30"):
        service.publish_conditions("2026-1", CONDITIONS, stage.actor("director", cast.OFFICE, "office_head"))
    coop = apply(
        stage, "coop", "enterprise", cast.COOP, "北景乡", "果业合作社联系人", "2026-09-03 10:00", complete=False
    )
    _clerk_returns(stage, coop)
    _mend(stage, coop)
    decide(stage, coop, "2026-09-07")
    jujube = apply(stage, "jujube", "enterprise", cast.JUJUBE, "庙上乡", "枣业公司联系人", "2026-09-04 15:00")
    decide(stage, jujube, "2026-09-08")
    firm = apply(stage, "undertaker", "undertaker", cast.UNDERTAKER, "猗氏镇", "供应链公司联系人", "2026-09-04 16:00")
    decide(stage, firm, "2026-09-09")
    with stage.at("2026-09-07 17:00"):
        owner = stage.actor("coop", cast.COOP, "owner")
        assert owner.organisation_id is not None
        add_member(stage.user("coop2").id, owner.organisation_id, "operator", owner)


def apply(
    stage: Stage, login: str, kind: str, name: str, town: str, contact: str, moment: str, *, complete: bool = True,
    code: str = "",
) -> Application:  # fmt: skip
    """Afterwards the person has sent an application with its papers."""
    code = code or cast.CODES[name]
    with stage.at(moment):
        actor = stage.actor(login)
        application = service.open_application(kind, actor)
        service.fill_in(
            application,
            actor,
            name=name,
            code=code,
            town=town,
            address=f"{town}示例村" if complete else town,
            business="种植、收购、销售本地鲜果",
            contact_name=contact,
            contact_mobile=stage.user(login).mobile,
            licence_until=date(2036, 12, 31),
            lawful_use=True,
            promised=range(1, len(CONDITIONS) + 1),
        )
        service.attach_licence(
            application,
            actor,
            sample_picture("营业执照（样张）", name, f"统一社会信用代码 {code}"),
            "执照.jpg",
        )
        service.submit(application, actor)
        return application


def _clerk_returns(stage: Stage, application: Application) -> None:
    with stage.at("2026-09-04 09:10"):
        service.request_more(
            application,
            stage.actor("office", cast.OFFICE, "office_clerk"),
            "经营地址只写到乡，请补到村；执照照片右下角反光，请重拍一张。",
        )


def _mend(stage: Stage, application: Application) -> None:
    with stage.at("2026-09-05 08:20"):
        actor = stage.actor("coop")
        service.fill_in(application, actor, address="北景乡示例村")
        service.attach_licence(
            application, actor, sample_picture("营业执照（样张）", cast.COOP, "重拍，四角清楚"), "执照重拍.jpg"
        )
        service.submit(application, actor)


def decide(stage: Stage, application: Application, day: str) -> None:
    """Afterwards the application is screened, visited and approved on the day, by two persons."""
    clerk = stage.actor("office", cast.OFFICE, "office_clerk")
    with stage.at(f"{day} 09:00"):
        service.screen(application, clerk, "材料齐全，核对一致。")
    with stage.at(f"{day} 11:00"):
        service.note_visit(application, clerk, visited_on=date.fromisoformat(day), note="到场看过，与申请一致。")
    with stage.at(f"{day} 15:00"):
        service.approve(application, stage.actor("director", cast.OFFICE, "office_head"), "同意入驻。")


def profiles(stage: Stage) -> None:
    """Afterwards both producers show a public telephone (a number no subscriber has) and a line about themselves."""
    with stage.at("2026-09-09 17:00"):
        for login, name, town, short, text in (
            ("coop", cast.COOP, "北景乡", "示例果业合作社", "种苹果、冷藏、装箱，社员都在本乡。"),
            ("jujube", cast.JUJUBE, "庙上乡", "示例枣业", "收购、分级、销售冬枣。"),
        ):
            edit_profile(
                stage.organisation(name),
                stage.actor(login, name, "owner"),
                short_name=short,
                town=town,
                address=f"{town}示例村",
                public_phone="0359-2000000",
                introduction=text,
            )
