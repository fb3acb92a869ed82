"""Who fills in, confirms, reads and checks the information of enterprises."""

from core.account.permissions import declare

FILL = declare("admin.information.fill", "填写企业信息", roles=("owner", "operator"))
CONFIRM = declare("admin.information.confirm", "确认年度企业信息", roles=("owner",))
VIEW = declare(
    "admin.information.view", "查看企业信息", roles=("office_clerk", "office_head", "statistician", "commerce_clerk")
)
CHECK = declare("admin.information.check", "核对登记信息", roles=("office_clerk",))
