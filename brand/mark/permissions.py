"""Who keeps mark files and who takes them."""

from brand.mark import rules
from core.account.permissions import declare

MANAGE = declare(rules.MANAGE, "上传和发布标志文件", roles=("brand_clerk", "brand_decider"))
USE = declare(rules.USE, "查看和下载标志文件", roles=("owner", "operator", "brand_clerk", "brand_decider"))
