"""Who may print codes."""

from core.account.permissions import declare

PRINT = declare("trace.code.print", "赋码和打印标签", roles=("owner", "operator"))
