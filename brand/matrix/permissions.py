"""Who may change the matrix."""

from core.account.permissions import declare

MANAGE = declare("brand.matrix.manage", "维护品牌矩阵", roles=("brand_clerk", "brand_decider"))
PUBLISH = declare("brand.matrix.publish", "发布品牌使用规则", roles=("brand_decider",))
OWN = declare("brand.matrix.own", "登记本企业品牌", roles=("owner",))
