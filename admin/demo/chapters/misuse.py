"""Mark files that the licensee takes, and one misuse case: a consumer reports, the office decides, the decision is public."""

from __future__ import annotations

import io
from datetime import date

from PIL import Image, ImageDraw

from admin.demo import cast
from admin.demo.stage import Stage, sample_picture
from brand.mark import service as marks
from brand.matrix.queries import load_by_key
from brand.misuse import patrol, rules, service
from core.workflow.engine import fire

PARTY = "示例旧箱水果店（个体）"
PLACE = "运城市示例农贸市场 12 号摊"


def mark_files(stage: Stage) -> None:
    """Afterwards 临猗苹果 has a released pack, and the co-op took its file under its licence."""
    clerk = stage.actor("brand", cast.BRAND_OFFICE, "brand_clerk")
    owner = stage.actor("coop", cast.COOP, "owner")
    with stage.at("2026-10-10 09:30"):
        pack = marks.make_pack(
            clerk, brand_id=load_by_key("linyi-apple").id,
            rules_text="最小高度 12 毫米，四周留出半个字高。\n不拉伸、不换颜色、不加边框。\n只用在授权的品种、形态和规格上。",
        )  # fmt: skip
        marks.add_file(
            pack,
            clerk,
            title="横排样张，透明底",
            purpose="print",
            stream=io.BytesIO(_artwork()),
            filename="临猗苹果样张.png",
        )
        marks.release(pack, clerk)
    with stage.at("2026-10-12 10:10"):
        marks.take(pack.files[0], pack, owner)
    stage.notes["mark_pack"] = str(pack.public_id)


def case(stage: Stage) -> None:
    """Afterwards a stall that sold in old boxes of the brand was told, did not answer, and the decision is published."""
    clerk = stage.actor("brand", cast.BRAND_OFFICE, "brand_clerk")
    head = stage.actor("brandhead", cast.BRAND_OFFICE, "brand_decider")
    with stage.at("2026-10-28 19:20"):
        receipt = service.report(
            service.Given(
                "brand", "纸箱上印着猗顿农品，箱子是旧的，扫码出来是去年另一家的批次。问摊主，他说没有授权。", place=PLACE,
                photo=sample_picture("举报照片（样张）", PLACE, "旧纸箱上的标志"),
            ),
            "203.0.113.28",
        )  # fmt: skip
        found = service.progress(receipt.number, receipt.secret)
    with stage.at("2026-10-29 09:10"):
        fire(rules.MISUSE_CASE, found, "accept", clerk)
    with stage.at("2026-10-30 10:30"):
        walk = patrol.open_round(clerk, title="十月底农贸市场", target="markets", due_on=date(2026, 10, 30))
        stall = patrol.add_item(walk, clerk, title="运城市示例农贸市场 15 号摊")
        patrol.note_result(walk, stall.id, clerk, result="clear", note="用的是白箱，没有标志")
        patrol.close_round(walk, clerk)
        service.add_evidence(
            found,
            clerk,
            kind="statement",
            title="现场询问记录",
            upload=None,
            content="摊主说纸箱是向人收来的旧箱，自己装的果。",
        )
    with stage.at("2026-11-02 15:00"):
        service.state_facts(found, clerk, misuse="impostor", mark="brand", party=PARTY, place=PLACE, link="")
        fire(
            rules.MISUSE_CASE, found, "notify", clerk,
            reason="用印有猗顿农品的旧纸箱装自己的果出售，没有授权，涉嫌冒用。告知书当面送达。",
        )  # fmt: skip
    with stage.at("2026-11-10 09:00"):
        fire(
            rules.MISUSE_CASE, found, "propose", clerk, reason="期限内没有再陈述，现场记录和照片一致。",
            payload={"measures": ["correct", "refer"]},
        )  # fmt: skip
    with stage.at("2026-11-12 16:00"):
        fire(
            rules.MISUSE_CASE, found, "decide", head,
            reason="没有取得授权，用印有猗顿农品的旧纸箱出售苹果，属于冒用。立即停用这些纸箱，线索移送主管部门处理。",
        )  # fmt: skip
    with stage.at("2026-11-13 09:00"):
        fire(rules.MISUSE_CASE, found, "publish", clerk)
        patrol.sweep()
    stage.notes["misuse_case"] = str(found.public_id)


def _artwork() -> bytes:
    """An invented drawing that stands for the brand's logo in the story."""
    sheet = Image.new("RGBA", (1200, 600), (0, 0, 0, 0))
    pen = ImageDraw.Draw(sheet)
    pen.ellipse((80, 100, 480, 500), fill=(163, 38, 30, 255))
    pen.ellipse((200, 60, 330, 150), fill=(74, 103, 65, 255))
    pen.rectangle((560, 200, 1120, 260), fill=(42, 33, 27, 255))
    pen.rectangle((560, 330, 960, 380), fill=(42, 33, 27, 255))
    out = io.BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


CHAPTERS = [("mark-files", mark_files), ("misuse", case)]
