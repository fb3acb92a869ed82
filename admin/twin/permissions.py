"""Who says whether two are one."""

from admin.twin import rules
from core.account.permissions import declare

JUDGE = declare(rules.JUDGE, "判断疑似重复的单位", roles=("office_clerk",))
