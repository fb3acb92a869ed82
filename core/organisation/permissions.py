"""Who may see and change organisations."""

from core.account.permissions import declare

VIEW = declare("core.organisation.view", "查看本单位资料", roles=("owner", "operator", "host"))
EDIT = declare("core.organisation.edit", "修改本单位资料", roles=("owner",))
GROWERS = declare("core.organisation.growers", "登记种植户", roles=("owner", "operator", "office_clerk"))
LIST = declare(
    "core.organisation.list",
    "查看入驻名录",
    roles=("office_clerk", "office_head", "statistician", "brand_clerk", "brand_decider", "commerce_clerk", "sysadmin"),
)
MANDATE = declare("core.organisation.mandate", "给出和结束记录委托", roles=("owner", "operator"))
