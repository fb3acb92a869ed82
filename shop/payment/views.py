"""The seller's receiving account."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from core.account.access import access, current_actor
from core.errors import DomainError
from core.ui import flash
from shop.payment import permissions, service
from shop.payment.forms import AccountForm

blueprint = Blueprint("payment", __name__, template_folder="templates")


@blueprint.route("/enterprise/receiving", methods=["GET", "POST"])
@access(permissions.ACCOUNT)
def account() -> Any:
    """Show and set it."""
    actor = current_actor()
    row = service.account_of(actor.organisation_id or 0)
    form = AccountForm(obj=row)
    if form.validate_on_submit():
        try:
            form.claim_once()
            if row is not None:
                form.check_version(row)
            service.set_account(actor, **form.values())
        except DomainError as error:
            if not form.put_error(error):
                raise
        else:
            flash("收款方式已保存，新订单按它显示。")
            return redirect(url_for("payment.account"))
    return render_template("shop/payment/account.html", form=form), 400 if form.is_submitted() else 200
