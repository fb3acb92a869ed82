"""Who may see and enter test reports and issue certificates."""

from core.account.permissions import declare

VIEW = declare("trace.inspection.view", "查看本单位检测和合格证", roles=("owner", "operator"))
WRITE = declare("trace.inspection.write", "登记检测报告", roles=("owner", "operator"))
CERTIFY = declare("trace.inspection.certify", "开承诺达标合格证", roles=("owner", "operator"))
OFFICIAL = declare("trace.inspection.official", "登记监督抽检结果", roles=("office_clerk", "office_head", "rural"))
LIMITS = declare("trace.inspection.limits", "维护残留限量和禁用物质", roles=("office_clerk", "office_head"))
