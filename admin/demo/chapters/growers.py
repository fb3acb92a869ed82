"""The co-op keeps a grower's journal: a mandate, a drawn plot, an imported season, a correction, a certificate over plots."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING, Any

from openpyxl import load_workbook

from admin.demo import cast
from admin.demo.stage import Stage, sample_picture
from core.account.actor import Actor
from core.file.service import store
from core.organisation.service import register_grower
from core.place import certificates, rules
from core.place import service as places
from core.place.queries import find_by_code
from trace.season import imports, queries, rules_import, service, workbook

if TYPE_CHECKING:
    from core.place.models import Place
    from trace.season.models import Season

OUTLINE = "35.193000, 110.711700\n35.193000, 110.712700\n35.193850, 110.712750\n35.193800, 110.711650"
GROWERS_OUTLINE = "35.190200, 110.720100\n35.190250, 110.721000\n35.190800, 110.721050\n35.190750, 110.720050"
JOURNAL: tuple[dict[str, Any], ...] = (
    {"kind": "农事", "done_on": date(2026, 3, 22), "summary": "修剪，清园"},
    {"kind": "投入品", "done_on": date(2026, 4, 3), "category": "肥料", "name": "复合肥", "source": "示例农资店", "usage": "沟施",
     "amount": "每亩 40 kg"},
    {"kind": "农事", "done_on": date(2026, 5, 20), "summary": "疏果"},
    {"kind": "农事", "done_on": date(2026, 6, 12), "until": date(2026, 6, 15), "summary": "套袋，约 9 千个"},
    {"kind": "病虫害", "done_on": date(2026, 7, 18), "summary": "零星金纹细蛾，挂诱捕器 12 个"},
    {"kind": "投入品", "done_on": date(2026, 8, 2), "category": "农药", "name": "啶虫脒", "registration_no": "PD00000000",
     "source": "示例农资店", "usage": "喷雾", "amount": "每亩 80 g", "interval_days": 14, "summary": "登记证号为示例"},
)  # fmt: skip


def tell(stage: Stage) -> None:
    """Afterwards one plot is drawn, and a grower's season stands in the co-op's books: imported, one line corrected."""
    owner = stage.actor("coop", cast.COOP, "owner")
    operator = stage.actor("coop2", cast.COOP, "operator")
    with stage.at("2026-09-19 09:00"):
        assert owner.organisation_id is not None
        plot = find_by_code(owner.organisation_id, "P-0317")
        assert plot is not None
        places.draw_outline(plot, owner, rules.outline_from_text(OUTLINE))
        season = _growers_plot(owner)
        _certificate(owner, plot)
    with stage.at("2026-09-19 16:20"):
        _import(operator)
    with stage.at("2026-09-20 08:10"):
        _correct(operator, season)


def _growers_plot(owner: Actor) -> Season:
    grower = register_grower(
        name="示例种植户老李", reason="self_grown", actor=owner, town="北景乡示例村", valid_from=date(2026, 3, 1),
        valid_to=date(2028, 2, 29),
    )  # fmt: skip
    plot = places.add_place(
        owner, kind="plot", code="P-0512", village="山西省运城市临猗县北景乡示例村", area_m2=5_200, name="示例村西地",
        farmer_code=grower.code, variety="red-fuji",
    )  # fmt: skip
    places.draw_outline(plot, owner, rules.outline_from_text(GROWERS_OUTLINE))
    return service.open_season(owner, place=plot, year=2026, variety="red-fuji", planned_harvest_on=date(2026, 10, 20))


def _certificate(owner: Actor, plot: Place) -> None:
    paper = store(
        sample_picture("基地备案证明（样张）", "示例单位", "编号为示例"), "基地备案.jpg", kind="document",
        owner_organisation_id=owner.organisation_id, actor=owner,
    )  # fmt: skip
    certificates.add_certificate(
        owner, kind="base", number="示例备2026-017", issuer="示例备案单位", product="苹果", valid_from=date(2026, 3, 1),
        valid_to=date(2027, 2, 28), plots=[str(plot.public_id)], file_id=paper.id, note="样张，编号和单位都是示例",
    )  # fmt: skip


def _import(operator: Actor) -> None:
    book = load_workbook(io.BytesIO(workbook.template([("P-0512", "北景乡示例村", 2026)])))
    sheet: Any = book[workbook.SHEET]
    for number, line in enumerate(JOURNAL, start=2):
        given = {"plot": "P-0512", "year": 2026} | line
        for index, key in enumerate(rules_import.HEADINGS):
            if key in given:
                sheet.cell(row=number, column=index + 1, value=given[key])
    out = io.BytesIO()
    book.save(out)
    file = store(
        out.getvalue(),
        "老李地块2026.xlsx",
        kind="table",
        owner_organisation_id=operator.organisation_id,
        actor=operator,
    )
    imports.write(file, operator, mode="all")


def _correct(operator: Actor, season: Season) -> None:
    wrong = next(e for e in queries.journal(season.id) if e.input_name == "啶虫脒")
    assert wrong.public_id is not None
    entry, _ = queries.get_entry(wrong.public_id, operator)
    line = service.input_line(
        season, done_on=date(2026, 8, 2), category="pesticide", name="啶虫脒", source="示例农资店", usage="喷雾",
        amount="每亩 8 g", registration_no="PD00000000", interval_days=14, summary="登记证号为示例",
    )  # fmt: skip
    service.correct(entry, season, operator, line, reason="用量多写了一个零，标签和购药小票是每亩 8 g")
