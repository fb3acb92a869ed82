"""Who watches the checks, stops a code, sets a policy, and takes a poster."""

from core.account.permissions import declare

WATCH = declare(
    "trace.scan.watch",
    "查看扫码和查验异常",
    roles=("office_clerk", "office_head", "commerce_clerk", "commerce_inspector"),
)
BLOCK = declare("trace.scan.block", "停用和恢复编号", roles=("office_head", "commerce_inspector"))
POLICY = declare("trace.scan.policy", "设置本单位商品的查验规则", roles=("owner",))
POSTER = declare("trace.scan.poster", "下载本单位的扫码海报和分享图", roles=("owner", "operator"))
