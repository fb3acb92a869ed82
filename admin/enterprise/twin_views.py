"""Whether an applicant is somebody who is here already: a page for one suspected pair."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template, url_for

from admin.enterprise import likeness, queries
from admin.enterprise.forms import JudgeForm
from admin.enterprise.office_views import blueprint
from admin.twin import rules
from admin.twin import service as twins
from admin.twin.permissions import JUDGE
from admin.twin.rules import Pair
from core.account.access import access, current_actor
from core.ui.deed import done


@blueprint.route("/entry/cases/<uuid:public_id>/twin/<other>", methods=["GET", "POST"])
@access(JUDGE)
def twin(public_id: UUID, other: str) -> Any:
    """Say of an application and another party whether they are one; the reason is kept."""
    application = queries.application_for(public_id, current_actor())
    pair = likeness.pair_of(f"a{application.id}", other)
    return judge_page(pair, url_for(".case", public_id=public_id), application.case_no)


def judge_page(pair: Pair, back: str, back_label: str) -> Any:
    """The page of one pair, shown or sent."""
    form = JudgeForm()
    said = likeness.judged([pair])[0][1]

    def page(status: int = 200) -> Any:
        return render_template(
            "admin/enterprise/twin.html", pair=pair, said=said, verdicts=rules.VERDICTS, form=form, back=back,
            back_label=back_label,
        ), status  # fmt: skip

    if not form.is_submitted():
        return page()
    return done(form, lambda: twins.judge(pair, actor=current_actor(), **form.values()), page, "判断已记下。", back)
