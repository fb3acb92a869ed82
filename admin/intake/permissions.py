"""Who imports, who reads imports, who takes a prepared application over."""

from admin.intake import rules
from core.account.permissions import declare

IMPORT = declare(rules.IMPORT, "批量导入企业和种植户", roles=("office_clerk",))
VIEW = declare(rules.VIEW, "查看批量导入和疑似重复", roles=("office_clerk", "office_head", "commerce_clerk"))
TAKE = declare(rules.TAKE, "接手预填的入驻申请", roles=("person",))
