"""Who enters, who checks, who reads."""

from brand.nurture import rules
from core.account.permissions import declare

_OWN = ("owner", "operator")
_READERS = ("brand_clerk", "brand_decider", "office_clerk", "office_head", "statistician", "commerce_clerk", "auditor")
VIEW = declare(rules.VIEW, "查看小而美品牌和网货产品", roles=(*_OWN, *_READERS))
READ = declare(rules.READ, "查看各企业的小而美品牌和网货产品", roles=_READERS)
OWN = declare("brand.nurture.own", "填报本企业的小而美品牌和网货产品", roles=_OWN)
ENTER = declare(rules.ENTER, "开出和修改填报", roles=(*_OWN, "brand_clerk"))
CHECK = declare(rules.CHECK, "核对小而美品牌和网货产品", roles=("brand_clerk", "brand_decider"))
