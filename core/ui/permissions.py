"""Permissions of the user interface."""

from core.account.permissions import declare

SETTINGS = declare("core.ui.settings", "编辑页脚与说明", roles=("sysadmin",))
SEARCH = declare("core.ui.search", "使用查询框", roles=("person",))
MENU = declare("core.ui.menu", "查看全部功能", roles=("person",))
