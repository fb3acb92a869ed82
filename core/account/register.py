"""Plug the room in."""

from flask import Flask

from core import notary as _notary  # noqa: F401 - their tables
from core.account import models, own_permissions, views_invite, views_members  # noqa: F401 - declared at import
from core.account.views import blueprint
from core.errors import register_constraint
from core.seal.registry import sealed_column
from core.ui import nav
from core.workflow import models as _workflow_models  # noqa: F401 - the history table


def register(app: Flask) -> None:
    """Afterwards people can register, sign in and choose whom they act for."""
    register_constraint(
        "uq_core_account_user_mobile", "account.name_taken", "这个手机号已经注册过，请直接登录。", "mobile"
    )
    register_constraint(
        "uq_core_account_user_login_name", "account.name_taken", "这个登录名已有人用，请换一个。", "login_name"
    )
    register_constraint(
        "uq_core_account_invitation_open", "account.invited_already", "刚刚有人向这个地址发过同样的邀请。", "address"
    )
    sealed_column("core_account_user", "totp_sealed", row="public_id", purpose="totp")
    app.register_blueprint(blueprint)
    nav.add("本单位", "成员", "account.members", "core.account.members", "users", 80)
    nav.add("系统", "当面发码", "account.give_code", "core.account.give_code", "key", 60)
