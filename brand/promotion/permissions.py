"""Who plans, checks, joins and downloads."""

from brand.promotion import rules
from core.account.permissions import declare

_BRAND, _OFFICE = ("brand_clerk", "brand_decider"), ("office_clerk", "office_head")
VIEW = declare(rules.VIEW, "查看宣传推广台账", roles=(*_BRAND, *_OFFICE, "commerce_clerk", "auditor"))
MANAGE = declare(rules.MANAGE, "登记和组织宣传推广活动", roles=(*_BRAND, "office_clerk"))
CHECK = declare(rules.CHECK, "核对活动证据并计入指标", roles=("brand_decider", "office_head"))
ENROL = declare(rules.ENROL, "为本单位报名参加活动", roles=("owner", "operator"))
TAKE = declare("brand.promotion.take", "取用宣传素材", roles=("owner", "operator", *_BRAND, *_OFFICE))
