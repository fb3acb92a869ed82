"""Who plays: public bodies and their posts, invented enterprises, invented people (pure data)."""

from __future__ import annotations

from dataclasses import dataclass

from core.identifiers import compose_uscc

OFFICE = "涑水e镇办公室"
BRAND_OFFICE = "猗顿农品品牌办公室"
PLATFORM = "猗顿农品平台"
COMMERCE = "县商务局"
FINANCE = "县财政局"
RURAL = "县乡村振兴局"
AUDIT = "县审计局"
DISCIPLINE = "县纪检监察机关"
GOVERNMENT = "县人民政府"
LEADING = "乡村e镇推进工作领导小组"
ACCEPTANCE = "乡村e镇验收小组"

COOP = "临猗示例果业专业合作社"
JUJUBE = "临猗示例枣业有限公司"
UNDERTAKER = "临猗示例供应链有限公司"
SHOP = "临猗示例果品电商有限公司"
SHOP_BEFORE = "临猗示例果品有限公司"  # its name until the change of name in the story
HOST = "示例主播小满"

# Registering department Y and region 000000: no real firm has such a code (TRUST 1).
CODES = {
    COOP: compose_uscc("Y1000000", "DEM00001"),
    JUJUBE: compose_uscc("Y1000000", "DEM00002"),
    UNDERTAKER: compose_uscc("Y1000000", "DEM00003"),
    SHOP: compose_uscc("Y1000000", "DEM00004"),
}


@dataclass(frozen=True, slots=True)
class Post:
    """A post of a public body: sign-in name, organisation, role, how the screen names it."""

    login: str
    organisation: str
    role: str
    label: str


BODIES: tuple[tuple[str, str], ...] = (
    ("platform", PLATFORM),
    ("office", OFFICE),
    ("brand_office", BRAND_OFFICE),
    *(("bureau", name) for name in (COMMERCE, FINANCE, RURAL, AUDIT, DISCIPLINE, GOVERNMENT, LEADING, ACCEPTANCE)),
)

POSTS: tuple[Post, ...] = (
    Post("admin", PLATFORM, "sysadmin", "系统管理员"),
    Post("office", OFFICE, "office_clerk", "e镇办经办"),
    Post("director", OFFICE, "office_head", "e镇办主任"),
    Post("statistics", OFFICE, "statistician", "信息统计责任人"),
    Post("brand", BRAND_OFFICE, "brand_clerk", "品牌办经办"),
    Post("brandhead", BRAND_OFFICE, "brand_decider", "品牌办审定"),
    Post("brandhead2", BRAND_OFFICE, "brand_decider", "品牌办复核"),
    Post("commerce", COMMERCE, "commerce_clerk", "商务局经办"),
    Post("commerce2", COMMERCE, "commerce_clerk", "商务局复核"),
    Post("inspector", COMMERCE, "commerce_inspector", "商务局检查"),
    Post("finance", FINANCE, "finance", "财政局支付"),
    Post("rural", RURAL, "rural", "乡村振兴局"),
    Post("auditor", AUDIT, "auditor", "审计"),
    Post("discipline", DISCIPLINE, "discipline", "纪检监察"),
    Post("government", GOVERNMENT, "government", "县政府"),
    Post("leading", LEADING, "leading_group", "领导小组"),
    Post("chair", ACCEPTANCE, "acceptance_chair", "验收组组长"),
    Post("member", ACCEPTANCE, "acceptance_member", "验收组成员（财政）"),
    Post("member2", ACCEPTANCE, "acceptance_member", "验收组成员（乡村振兴）"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person of an invented enterprise."""

    login: str
    mobile: str
    label: str


PEOPLE: tuple[Person, ...] = (
    Person("coop", "19900000001", "果业合作社负责人"),
    Person("coop2", "19900000002", "果业合作社经办员"),
    Person("jujube", "19900000003", "枣业公司负责人"),
    Person("undertaker", "19900000004", "供应链公司负责人"),
    Person("host", "19900000005", "主播"),
    Person("buyer", "19900000006", "顾客"),
    Person("shop", "19900000007", "果品电商公司负责人"),
)
