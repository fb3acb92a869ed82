"""Who may read grading standards, write drafts and publish."""

from core.account.permissions import declare

VIEW = declare(
    "trace.grade.view", "查看分级标准",
    roles=("owner", "operator", "brand_clerk", "brand_decider", "commerce_clerk", "commerce_inspector"),
)  # fmt: skip
EDIT = declare("trace.grade.edit", "起草分级标准", roles=("owner", "operator", "brand_clerk", "brand_decider"))
PUBLISH = declare("trace.grade.publish", "发布和停用分级标准", roles=("owner", "brand_decider"))
