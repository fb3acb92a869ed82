"""The books: trial balance, budget batches, entries."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from admin.fund import permissions, queries, service
from admin.fund.forms import BatchForm
from admin.project.screens import form_page
from core.account.access import access, current_actor
from core.errors import NotFound
from core.ledger import queries as ledger
from core.ledger.rules import ACCOUNTS, BOOKS
from core.money import yuan
from core.ui.tables import XLSX, to_csv, to_xlsx

blueprint = Blueprint("fundledger", __name__, url_prefix="/fund/ledger", template_folder="templates")


@blueprint.get("/")
@access(permissions.LEDGER)
def index() -> Any:
    """Trial balance and entries of one book."""
    book = request.args.get("book", "G")
    if book not in ("G", "U"):
        raise NotFound("没有这本账簿。", help="只有专项资金账簿 G 和项目专账 U。")
    entries = ledger.entries(book)
    kind = request.args.get("format", "")
    if kind in ("csv", "xlsx"):
        head = ["日期", "事项", "科目", "名称", "借方（元）", "贷方（元）", "摘要"]
        rows = [
            [
                e.on_date,
                e.kind,
                line.account,
                ACCOUNTS[line.account].name,
                yuan(line.debit_fen),
                yuan(line.credit_fen),
                e.memo,
            ]
            for e in entries
            for line in e.lines
        ]
        data, mime = (
            (to_csv(head, rows), "text/csv; charset=utf-8") if kind == "csv" else (to_xlsx(head, rows, book), XLSX)
        )
        response = Response(data, content_type=mime)
        response.headers["Content-Disposition"] = f'attachment; filename="book-{book}.{kind}"'
        response.headers["Cache-Control"] = "no-store"
        return response
    trial = ledger.trial_balance(book)
    return render_template(
        "admin/fund/ledger.html", book=book, books={k: BOOKS[k] for k in ("G", "U")}, trial=trial, entries=list(reversed(entries))[:100],
        accounts=ACCOUNTS, batches=queries.batches(), debit=sum(r.debit_fen for r in trial), credit=sum(r.credit_fen for r in trial),
    )  # fmt: skip


@blueprint.route("/batch", methods=["GET", "POST"])
@access(permissions.ALLOT)
def batch() -> Any:
    """Register a 预算下达."""
    actor = current_actor()
    return form_page(
        BatchForm(), lambda v: service.allot(v["doc_no"], v["title"], v["amount_fen"], v["issued_on"], actor), title="登记预算下达",
        back=url_for(".index"), submit="登记并入账", crumbs=[("专项资金账簿", url_for(".index")), ("登记预算下达", None)], done="已入账。",
    )  # fmt: skip
