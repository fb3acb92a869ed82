"""Who may print codes."""

from core.account.permissions import declare

PRINT = declare("trace.code.print", "赋码和打印标签", roles=("owner", "operator"))
COVERED = declare("trace.code.covered", "导出防伪码", roles=("owner",))
DESIGN = declare("trace.code.design", "设计标签版式", roles=("owner", "operator"))
DESTROY = declare("trace.code.destroy", "登记销毁", roles=("owner", "operator"))
VOID = declare("trace.code.void", "作废编号", roles=("owner", "operator"))
