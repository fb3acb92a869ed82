"""Forms of sealing and of keys."""

from __future__ import annotations

from core.ui.forms import AreaField, DateField, Form, PasswordField, TextField, TickField
from trace.signing.rules import REASON_LIMIT


class SealForm(Form):
    """Password again, and the understanding that it cannot be undone."""

    understood = TickField("我明白：封存以后只能追加或更正，不能修改和删除", required=True)
    password = PasswordField("登录密码", required=True, help="再输一次，确认是你本人。")


class ReasonForm(SealForm):
    """A correction or withdrawal."""

    reason = AreaField("理由（公开）", required=True, max_length=REASON_LIMIT, help="消费者会看到，不写姓名、电话。")


class AddendumForm(ReasonForm):
    """Facts after sealing."""

    statement = AreaField("补充说明（公开）", max_length=500, help="左边已经勾选的不用再写。例如：11月20日换了外箱。")


class EventsForm(Form):
    """The password again, to sign the list of a lot's events."""

    password = PasswordField("登录密码", required=True, help="再输一次，确认是你本人。")


class UploadForm(SealForm):
    """A record the enterprise signed with its own key."""

    signed = AreaField("签好的记录（JSON）", required=True, max_length=400_000, help="把签好的整个文件内容贴进来。")


class ExternalKeyForm(Form):
    """A public key whose secret stays with the enterprise."""

    multikey = TextField(
        "公钥", required=True, max_length=60, help="以 z6Mk 开头的一行文字。私钥留在你手里，不要上传。"
    )


class PlanForm(Form):
    """The last day on which a key signs."""

    last_day = DateField("最后使用日", help="过了这一天自动停用；留空表示取消计划。")


class RevokeForm(Form):
    """Why a key is revoked, and the password."""

    reason = AreaField("吊销原因（存档）", required=True, max_length=REASON_LIMIT)
    password = PasswordField("登录密码", required=True)
