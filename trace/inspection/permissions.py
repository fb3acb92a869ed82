"""Who may see and enter test reports and issue certificates."""

from core.account.permissions import declare

VIEW = declare("trace.inspection.view", "查看本单位检测和合格证", roles=("owner", "operator"))
WRITE = declare("trace.inspection.write", "登记检测报告", roles=("owner", "operator"))
CERTIFY = declare("trace.inspection.certify", "开承诺达标合格证", roles=("owner", "operator"))
