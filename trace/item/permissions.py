"""Who may see and keep trade items."""

from core.account.permissions import declare

VIEW = declare("trace.item.view", "查看本单位商品项", roles=("owner", "operator"))
EDIT = declare("trace.item.edit", "登记和修改商品项", roles=("owner", "operator"))
