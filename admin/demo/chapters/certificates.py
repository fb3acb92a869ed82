"""Certificates with a mark: registered, looked up and confirmed before the sealing; later one ends while its words stay.

Every number is of the right shape and visibly nobody's: county 000000, agency 0000, serial zeros.  Nothing is said of a
geographical indication of the county, for no number of one was found.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from admin.demo import cast
from admin.demo.stage import Stage, sample_picture
from brand.certificate import rules, service
from brand.misuse import patrol, queries
from brand.misuse import rules as misuse_rules
from brand.misuse import service as misuse
from core import clock
from core.account.actor import Actor
from core.place.queries import find_by_code
from core.place.service import add_place
from core.workflow.engine import fire
from trace.code import design_rules, designs, layout

if TYPE_CHECKING:
    from brand.certificate.models import MarkCertificate

REGISTER = "示例登记查询（演示，没有打开真实的登记平台）"
GREEN = {"issuer": "示例绿色食品机构", "note": "样张，编号全是 0，不是真证书"}
ORGANIC = {"issuer": "示例认证机构", "note": "样张，编号全是 0，不是真证书"}
ENDED = date(2026, 11, 4)


def registered(stage: Stage) -> None:
    """Afterwards the co-op's apples, the firm's jujubes and the supply firm's dried apples have certificates looked up by the office."""
    coop, jujube, firm = (_owner(stage, login) for login in ("coop", "jujube", "undertaker"))
    with stage.at("2026-09-19 10:00"):
        old = _sent(
            coop, "green", ("red-fuji", "fresh", 30_000_000), ("P-0317",), number="LB-00-2309000000A",
            company_code="GF000000230000", valid_from=date(2023, 9, 25), valid_until=date(2026, 9, 24), **GREEN,
        )  # fmt: skip
        _confirmed(stage, old, "持证人、产品、数量、有效期与纸质证书一致")
    with stage.at("2026-09-22 09:00"):
        green = _sent(
            coop, "green", ("red-fuji", "fresh", 30_000_000), ("P-0317",), renews=old, number="LB-00-2609000000A",
            company_code="GF000000260000", valid_from=date(2026, 9, 25), valid_until=date(2029, 9, 24), **GREEN,
        )  # fmt: skip
    with stage.at("2026-09-23 14:00"):
        _confirmed(stage, green, "续展，持证人、产品、数量与纸质证书一致")
        add_place(
            jujube,
            kind="plot",
            code="Z-0103",
            village="山西省运城市临猗县庙上乡示例村",
            area_m2=6_000,
            name="示例大棚三号",
        )
        organic = _sent(
            jujube, "organic", ("winter-jujube", "fresh", 20_000_000), ("Z-0103",), number="0000OP2500000",
            valid_from=date(2025, 11, 5), valid_until=ENDED, **ORGANIC,
        )  # fmt: skip
        licence = _sent(
            firm, "sc", ("red-fuji", "dried", None), (), number="SC11700000000005", issuer="示例市场监督管理局",
            valid_from=date(2021, 12, 25), valid_until=date(2026, 12, 24), note="样张，不是真许可证",
        )  # fmt: skip
    with stage.at("2026-09-24 10:30"):
        _confirmed(stage, organic, "证书状态有效，产品和基地与纸质证书一致")
        _confirmed(stage, licence, "生产者名称、类别、有效期与纸质许可证一致")
    for day in ("2026-09-26", "2026-10-06", "2026-10-29", "2026-11-24"):
        with stage.at(f"{day} 08:20"):
            service.remind(clock.now())
    stage.notes["certificate"] = str(green.public_id)
    stage.notes["certificate_ending"] = str(licence.public_id)
    stage.notes["certificate_ended"] = str(organic.public_id)


def labels(stage: Stage) -> None:
    """Afterwards the jujube firm has two label designs that say 有机冬枣, made while its certificate was in force."""
    owner = _owner(stage, "jujube")
    with stage.at("2026-10-08 15:00"):
        for name, tail in (("有机冬枣 2.5 kg", layout.TAIL), ("冬枣礼盒", "有机冬枣，扫码看记录")):
            designs.save(owner, name, design_rules.Spec(mark="off", tail=tail, box_carries=True))


def overdue(stage: Stage) -> None:
    """Afterwards the words outlive the certificate: one design is a case of 超期 the firm answered, the other a finding."""
    owner, clerk = _owner(stage, "jujube"), _clerk(stage)
    with stage.at("2026-11-11 09:00"):
        new = _sent(
            owner, "organic", ("winter-jujube", "fresh", 20_000_000), ("Z-0103",), number="0000OP2600000",
            valid_from=date(2026, 11, 5), valid_until=date(2027, 11, 4), **ORGANIC,
        )  # fmt: skip
    with stage.at("2026-11-12 10:00"):
        _looked_up(stage, new, "not_found", "登记里还没有这个编号")
        fire(
            rules.CERTIFICATE,
            new,
            "return",
            clerk,
            reason="登记里查不到这个编号。等发证机构录入以后，或改正编号，再提交。",
        )
    with stage.at("2026-11-16 02:00"):
        patrol.sweep()
    with stage.at("2026-11-16 10:00"):
        found = next(f for f in queries.open_findings() if f.title.startswith("标签版式“有机冬枣"))
        case = patrol.open_from_finding(found, clerk)
        misuse.state_facts(
            case, clerk, misuse="expired", mark="organic", party=cast.CODES[cast.JUJUBE], place="标签版式", link=""
        )
    with stage.at("2026-11-17 16:00"):
        fire(
            misuse_rules.MISUSE_CASE, case, "notify", clerk,
            reason=f"有机产品证书已于 {ENDED} 到期，标签版式上仍写“有机冬枣”，涉嫌超期。请停用这个版式。",
        )  # fmt: skip
    with stage.at("2026-11-18 09:00"):
        waiting = _sent(
            _owner(stage, "undertaker"), "other", ("red-fuji", "fresh", None), (), number="示例认字2026-001",
            issuer="示例冷链认证机构", valid_from=date(2026, 11, 1), valid_until=date(2027, 10, 31), note="样张，不是真证书",
        )  # fmt: skip
    with stage.at("2026-11-19 11:30"):
        fire(
            misuse_rules.MISUSE_CASE, case, "answer", owner,
            reason="新证书还没有录入登记。到期以后没有用这个版式印过标签，11 月 20 日前换掉。",
        )  # fmt: skip
    stage.notes["certificate_returned"], stage.notes["certificate_waiting"] = str(new.public_id), str(waiting.public_id)
    stage.notes["overdue_case"] = str(case.public_id)


def _sent(
    owner: Actor, kind: str, product: tuple[str, str, int | None], plots: tuple[str, ...], **paper: Any
) -> MarkCertificate:
    row = service.enter(owner, kind=kind, **paper)
    variety, form, grams = product
    service.add_product(row, owner, variety=variety, form=form, yearly_grams=grams)
    found = [find_by_code(row.organisation_id, code) for code in plots]
    if found:
        service.set_plots(row, owner, [str(plot.public_id) for plot in found if plot is not None])
    label = rules.KINDS[kind].label
    picture = sample_picture(f"{label}证书（样张）", owner.organisation_name, f"编号 {row.number}（示例）")
    service.set_scan(row, owner, picture, f"{label}证书样张.jpg")
    fire(rules.CERTIFICATE, row, "submit", owner)
    return row


def _looked_up(stage: Stage, row: MarkCertificate, outcome: str, note: str) -> None:
    service.note_check(row, _clerk(stage), checked_on=clock.today(), register=REGISTER, outcome=outcome, note=note)


def _confirmed(stage: Stage, row: MarkCertificate, note: str) -> None:
    _looked_up(stage, row, "matches", note)
    fire(rules.CERTIFICATE, row, "confirm", _clerk(stage))


def _clerk(stage: Stage) -> Actor:
    return stage.actor("brand", cast.BRAND_OFFICE, "brand_clerk")


def _owner(stage: Stage, login: str) -> Actor:
    name = {"coop": cast.COOP, "jujube": cast.JUJUBE, "undertaker": cast.UNDERTAKER}[login]
    return stage.actor(login, name, "owner")


CHAPTERS = [("certificates", registered), ("certificate-labels", labels)]
LAST = [("certificate-overdue", overdue)]
