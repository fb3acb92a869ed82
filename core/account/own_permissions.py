"""Permissions of this room (``permissions.py`` holds the registry itself)."""

from core.account.permissions import declare

SELF = declare("core.account.self", "管理自己的账号", roles=("person",))
MEMBERS = declare("core.account.members", "管理本单位成员", roles=("owner", "office_head", "sysadmin"))
CODES = declare("core.account.give_code", "当面核实后发放一次性验证码", roles=("office_clerk", "sysadmin"))
