"""Forms of projects, contracts, reports, evidence, governing documents and the calendar."""

from __future__ import annotations

from datetime import date

from admin.project import rules
from admin.project.service import NewLine, NewStage
from core.errors import BadInput
from core.money import parse_yuan
from core.ui.fields import read_date
from core.ui.forms import AreaField, DateField, FileField, Form, IntField, MoneyField, SelectField, TextField, TickField

CATEGORIES = ("场地改造", "设备", "平台软件", "培训", "品牌推广", "物流共配", "第三方服务", "其他")


class ProjectForm(Form):
    name = TextField("项目名称", required=True, max_length=60)
    content = AreaField("建设内容和要求", required=True, max_length=2000)
    performance_target = AreaField("绩效目标", required=True, max_length=1000, rows=2)
    responsible_post = TextField("项目责任人（填岗位，不填姓名）", required=True, max_length=60)
    undertaker_id = SelectField("承办主体", required=True)
    selection_procedure = TextField("遴选程序", required=True, max_length=60, help="例如 公开招标、竞争性磋商")
    selection_doc_no = TextField("确定承办主体的文号", required=True, max_length=60)
    completion_on = DateField("完成时限", required=True)
    award_fen = MoneyField("专项资金核定额（元）", required=True, minimum_fen=1)
    own_fen = MoneyField("自筹资金（元）", required=True)
    lines = AreaField("建设内容各项", required=True, help="每行一项：类别 名称 金额，例如 设备 制冷机组 600000.00")
    stages = AreaField("阶段", required=True, help="每行一个：名称 金额 完成日期，例如 库体改造 800000.00 2026-08-31")


class ContractForm(Form):
    contract_no = TextField("合同编号", required=True, max_length=60)
    total_fen = MoneyField("合同总价（元）", required=True, minimum_fen=1)
    due_on = DateField("完成时限", required=True)
    operation_clause = TickField("合同写明了建成后的运营责任", help="实施方案六(1)要求可持续运营")
    file = FileField("签署件（PDF 或照片）")


class ReportForm(Form):
    month = DateField("所属月份（填该月任意一天）", required=True)
    progress_percent = IntField("工程进度（%）", required=True, maximum=100)
    progress = AreaField("本月进度", required=True)
    fund_use = AreaField("资金使用情况", required=True, rows=3, help="收到拨款后要写明用在哪些建设内容上")


class EvidenceForm(Form):
    kind = SelectField("材料类别", required=True, choices=list(rules.EVIDENCE_KINDS.items()))
    stage_number = SelectField("所属阶段", choices=[("", "整个项目")])
    title = TextField("材料名称", required=True, max_length=80)
    note = AreaField("说明", rows=2, max_length=500)
    file = FileField("文件")


class PolicyForm(Form):
    key = SelectField("文件", required=True, choices=[("plan", "实施方案"), ("measures", "专项资金管理办法")])
    title = TextField("文件名称", required=True, max_length=80)
    publicity_start_on = DateField("公示开始", required=True)
    publicity_end_on = DateField("公示截止", required=True)
    city_filing_no = TextField("市商务局报送文号", max_length=60)
    province_filing_no = TextField("省商务厅备案文号", max_length=60)


class YearForm(Form):
    year = IntField("年份", required=True, minimum=2018, maximum=2100)
    text = AreaField(
        "通知正文", required=True, max_length=5000, rows=10, help="粘贴国务院办公厅通知里从“一、元旦”到“国庆节”的几段"
    )


def read_lines(text: str) -> list[NewLine]:
    """The 建设内容 lines of the text area; BadInput names the line that cannot be read."""
    found = []
    for number, parts in _rows(text, "lines"):
        if parts[0] not in CATEGORIES:
            raise BadInput(
                f"第 {number} 行的类别“{parts[0]}”不在清单里：{'、'.join(CATEGORIES)}。",
                code="project.line",
                field="lines",
            )
        found.append(NewLine(parts[0], " ".join(parts[1:-1]), parse_yuan(parts[-1], field="lines")))
    return found


def read_stages(text: str) -> list[NewStage]:
    """The stages of the text area; BadInput names the line that cannot be read."""
    found = []
    for number, parts in _rows(text, "stages"):
        found.append(NewStage(" ".join(parts[:-2]), parse_yuan(parts[-2], field="stages"), _day(parts[-1], number)))
    return found


def _rows(text: str, field: str) -> list[tuple[int, list[str]]]:
    rows = [(n, line.split()) for n, line in enumerate(text.splitlines(), start=1) if line.strip()]
    for number, parts in rows:
        if len(parts) < 3:
            raise BadInput(f"第 {number} 行要有三样，用空格隔开。", code="project.row", field=field)
    return rows


def _day(text: str, number: int) -> date:
    try:
        return read_date(text)
    except ValueError as error:
        raise BadInput(f"第 {number} 行：{error}", code="project.row", field="stages") from error
