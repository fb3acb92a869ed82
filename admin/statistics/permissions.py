"""Who reads the figures."""

from core.account.permissions import declare

VIEW = declare("admin.statistics.view", "查看统计报表", ("office_clerk", "office_head", "statistician", "commerce_clerk", "finance",
               "leading_group", "government", "auditor"))  # fmt: skip
