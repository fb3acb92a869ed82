"""The desk of the public column."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, url_for
from sqlalchemy import select

from admin.disclosure import permissions, queries, rules, service
from admin.disclosure.forms import AnswerForm, ApproveForm, CorrectForm, EditForm, ItemForm
from admin.disclosure.models import Item
from admin.disclosure.rules import ITEM
from admin.project.screens import form_page, pressed, split_moves
from core.account.access import access, current_actor
from core.ui.tables import Column, Filter, Table
from core.workflow.engine import history, moves_for

blueprint = Blueprint("disclosure", __name__, url_prefix="/office/disclosure", template_folder="templates")


def _page_of(item: Item) -> str:
    return url_for("disclosure.show", public_id=item.public_id)


def _crumbs(item: Item, last: str) -> list[tuple[str, str | None]]:
    return [("公开专栏", url_for("disclosure.index")), (item.item_no, _page_of(item)), (last, None)]


@blueprint.get("/")
@access(permissions.VIEW)
def index() -> Any:
    """Every item with its state."""
    table = Table(
        select(Item),
        columns=[
            Column("item_no", "编号", sort=Item.item_no, link=_page_of),
            Column("title", "标题"),
            Column("kind", "公开事项", value=lambda r: rules.KINDS[r.kind]),
            Column("state", "状态", kind="chip", value=lambda r: (ITEM.label_of(r.state), ITEM.state(r.state).tone)),
            Column("published_at", "发布", kind="moment", sort=Item.published_at),
        ],
        filters=[
            Filter("q", "编号或标题", search=(Item.item_no, Item.title)),
            Filter("state", "状态", column=Item.state, choices=[(s.key, s.label) for s in ITEM.states]),
        ],
        default_sort="-item_no",
        name="disclosure",
        empty="还没有公开稿。",
    )
    return table.respond("admin/disclosure/index.html")


@blueprint.route("/new", methods=["GET", "POST"])
@access(permissions.DRAFT)
def new() -> Any:
    """Draft a public item."""
    actor = current_actor()

    def deed(values: dict[str, Any]) -> Item:
        return service.draft(
            values["kind"],
            values["title"],
            values["body"],
            actor,
            days=values["days"] or None,
            publish_on=values["publish_on"],
        )

    return form_page(
        ItemForm(),
        deed,
        title="起草公开稿",
        back=_page_of,
        submit="保存草稿",
        crumbs=[("公开专栏", url_for(".index")), ("起草", None)],
    )


@blueprint.get("/<uuid:public_id>")
@access(permissions.VIEW)
def show(public_id: UUID) -> Any:
    """One item: text, clock, opinions, moves."""
    item, actor = queries.get_item(public_id), current_actor()
    pages = {
        "approve": url_for(".approve", public_id=public_id),
        "correct": url_for(".correct", public_id=public_id),
    }
    plain, linked = split_moves(moves_for(ITEM, item, actor), pages)
    return render_template(
        "admin/disclosure/show.html", item=item, kind=rules.KINDS[item.kind], ITEM=ITEM, plain=plain, linked=linked,
        facts=queries.publicity_facts(item), opinions=queries.opinions_of(item.id), revisions=queries.revisions_of(item.id),
        past=history(ITEM, item.id), opinion_kinds=rules.OPINION_KINDS,
    )  # fmt: skip


@blueprint.route("/<uuid:public_id>/edit", methods=["GET", "POST"])
@access(permissions.DRAFT)
def edit(public_id: UUID) -> Any:
    """Change a draft."""
    item, actor = queries.get_item(public_id), current_actor()
    form = EditForm(obj=item)

    def deed(values: dict[str, Any]) -> None:
        form.check_version(item)
        service.edit(
            item, values["title"], values["body"], actor, days=values["days"] or None, publish_on=values["publish_on"]
        )

    return form_page(form, deed, title="修改草稿", back=_page_of(item), submit="保存草稿", crumbs=_crumbs(item, "修改"))


@blueprint.route("/<uuid:public_id>/approve", methods=["GET", "POST"])
@access(permissions.APPROVE)
def approve(public_id: UUID) -> Any:
    """Approve another person's draft."""
    item, actor = queries.get_item(public_id), current_actor()
    return form_page(
        ApproveForm(), lambda values: service.approve(item, actor, secrecy_checked=bool(values["secrecy_checked"])),
        title=f"核准发布：{item.title}", back=_page_of(item), submit="核准发布", crumbs=_crumbs(item, "核准发布"), lead=item.body,
        done="已核准。",
    )  # fmt: skip


@blueprint.route("/<uuid:public_id>/correct", methods=["GET", "POST"])
@access(permissions.APPROVE)
def correct(public_id: UUID) -> Any:
    """Publish a correction; a publicity counts anew."""
    item, actor = queries.get_item(public_id), current_actor()
    lead = "公示内容修改后，公示期从次日起重新计算。" if item.kind == "publicity" else ""
    return form_page(
        CorrectForm(obj=item), lambda values: service.correct(item, actor, **values), title="发布更正", back=_page_of(item),
        submit="发布更正", crumbs=_crumbs(item, "更正"), lead=lead, done="更正已发布。",
    )  # fmt: skip


@blueprint.post("/<uuid:public_id>/move")
@access(permissions.VIEW)
def move(public_id: UUID) -> Any:
    """Fire a move of the item."""
    item, actor = queries.get_item(public_id), current_actor()
    deeds = {
        "submit": lambda _: service.submit(item, actor),
        "return": lambda reason: service.send_back(item, actor, reason),
        "withdraw": lambda reason: service.withdraw(item, actor, reason),
    }
    return pressed(ITEM, item, deeds, back=_page_of(item), consequences=["页面上留下撤回说明，已公开的内容不再显示。"])


@blueprint.route("/opinions/<uuid:public_id>", methods=["GET", "POST"])
@access(permissions.ANSWER)
def answer(public_id: UUID) -> Any:
    """Answer an opinion or objection in writing."""
    opinion, actor = queries.get_opinion(public_id), current_actor()
    item = service.item_of_opinion(opinion)
    return form_page(
        AnswerForm(), lambda values: service.answer(opinion, values["reply"], actor),
        title=f"答复{rules.OPINION_KINDS[opinion.kind]} {opinion.receipt_no}", back=_page_of(item), submit="书面答复",
        crumbs=_crumbs(item, "答复"), lead=opinion.text, done="已书面答复。",
    )  # fmt: skip
