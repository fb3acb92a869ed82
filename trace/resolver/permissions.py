"""Who may keep the links of products, and who may take one down."""

from core.account.permissions import declare

KEEP = declare("trace.resolver.keep", "管理本单位商品的链接", roles=("owner", "operator"))
OVERSEE = declare(
    "trace.resolver.oversee", "查看和撤下全县商品链接", roles=("office_clerk", "office_head", "commerce_inspector")
)
