"""After the approval: warning, handover list (the office), leaving (the enterprise)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for

from admin.enterprise import permissions, queries, residence, rules, rules_residence, service
from admin.enterprise.forms import SettleForm, WarnForm
from admin.enterprise.models import Application
from admin.enterprise.office_views import blueprint
from admin.project.screens import form_page
from core.account.access import access, current_actor
from core.errors import NotFound
from core.organisation.queries import get_organisation
from core.ui import flash, once
from core.ui.moves import requested_move
from core.workflow.engine import fire, history, moves_for

LEAVING = ("ask_to_leave", "leave")
FAREWELL = ["从此不能再以本单位身份办理；密钥停用、品牌授权终止。以前签的记录、印好的标签照样可查。"]


def _case(found: Application) -> str:
    return url_for("entry.case", public_id=found.public_id)


def _crumbs(found: Application, last: str) -> list[tuple[str, str | None]]:
    return [("企业与入驻", url_for("entry.index")), (found.case_no, _case(found)), (last, None)]


@blueprint.route("/entry/cases/<uuid:public_id>/warn", methods=["GET", "POST"])
@access(permissions.SCREEN)
def warn(public_id: UUID) -> Any:
    """Warn a resident on a ground the rules know."""
    found = queries.application_for(public_id, current_actor())
    return form_page(
        WarnForm(), lambda values: service.warn(found, current_actor(), **values), title=f"警示 {found.name}",
        submit="发出警示", back=_case(found), crumbs=_crumbs(found, "警示"), done="已警示，企业进入整改观察。",
        lead="整改观察期间不能申领扶持；改好以后办“恢复正常”。",
    )  # fmt: skip


@blueprint.post("/entry/cases/<uuid:public_id>/handover")
@access(permissions.SCREEN)
def open_handover(public_id: UUID) -> Any:
    """Open the handover list."""
    found = queries.application_for(public_id, current_actor())
    once.claim(request.form.get("once"))
    residence.open_handover(found, current_actor())
    flash("交接清单已打开，逐项办完再退出。")
    return redirect(_case(found))


@blueprint.route("/entry/cases/<uuid:public_id>/handover/<key>", methods=["GET", "POST"])
@access(permissions.SCREEN)
def settle(public_id: UUID, key: str) -> Any:
    """Settle one item of the list."""
    found = queries.application_for(public_id, current_actor())
    if key not in rules_residence.HANDOVER:
        raise NotFound("交接清单里没有这一项。", help="请从申请页重新进入。")

    def deed(values: dict[str, Any]) -> Any:
        return residence.settle(found, key, current_actor(), concerns=values["concerns"] == "yes", note=values["note"])

    label = rules_residence.HANDOVER[key][0]
    return form_page(
        SettleForm(), deed, title=label, submit="登记", back=_case(found), crumbs=_crumbs(found, "交接"),
        done="已登记。",
    )  # fmt: skip


def _own() -> Application:
    actor = current_actor()
    found = queries.application_of(actor.organisation_id) if actor.organisation_id else None
    if found is None:
        raise NotFound("本单位没有入驻申请。", help="从名单导入的单位，先在“入驻与登记”补办资料。")
    return found


@blueprint.get("/entry/leave")
@access(permissions.LEAVE)
def leaving() -> Any:
    """The enterprise's own page: its state, what leaving brings, how far the handover is."""
    found, actor = _own(), current_actor()
    return render_template(
        "admin/enterprise/leave.html",
        application=found,
        organisation=get_organisation(found.organisation_id or 0),
        workflow=rules.APPLICATION,
        handover=residence.handover_of(found),
        handover_labels=rules_residence.HANDOVER,
        moves=[v for v in moves_for(rules.APPLICATION, found, actor) if v.move.key in LEAVING],
        history=history(rules.APPLICATION, found.id),
        farewell=FAREWELL,
    )


@blueprint.post("/entry/leave")
@access(permissions.LEAVE)
def leave() -> Any:
    """Ask to leave, or leave when everything is handed over."""
    found, back = _own(), url_for(".leaving")
    wish = requested_move(rules.APPLICATION, found, back=back, consequences=FAREWELL)
    if wish.page:
        return wish.page
    if wish.key not in LEAVING:
        raise NotFound("这里不办这件事。", help="返回上一页。")
    fire(rules.APPLICATION, found, wish.key, current_actor(), reason=wish.reason)
    flash("已收到退出申请，办公室会开交接清单。" if wish.key == "ask_to_leave" else "已退出。")
    return redirect("/account" if wish.key == "leave" else back)
