"""Names, telephones and villages that point at one party, and those that do not."""

from __future__ import annotations

import pytest

from admin.twin import rules
from admin.twin.rules import Party


def firm(key: str, name: str, **more: object) -> Party:
    return Party((key,), name, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "stem", "trade_name"),
    [
        ("临猗县丰源果业有限公司", "丰源果业", "丰源"),
        ("山西省运城市临猗县丰源果业有限责任公司", "丰源果业", "丰源"),
        ("丰源果业（临猗）有限公司", "丰源果业", "丰源"),
        ("丰源果业(临猗县)有限公司", "丰源果业", "丰源"),
        (" 临猗 县丰源 果业 有限公司 ", "丰源果业", "丰源"),
        ("临猗县丰源果业专业合作社", "丰源果业", "丰源"),
        ("临猗县丰源果业农民专业合作社联合社", "丰源果业", "丰源"),
        ("临猗县王家庄种植家庭农场", "王家庄种植", "王家庄"),
        ("ＡＢＣ果业有限公司", "ABC果业", "ABC"),
        ("abc果业有限公司", "ABC果业", "ABC"),
        ("临猗果业有限公司", "果业", ""),
        ("临猗县供销合作社", "供销", "供销"),
        ("临猗有限公司", "临猗", "临猗"),
        ("合作社", "合作社", "合作社"),
        ("", "", ""),
        ("（）", "", ""),
    ],
)
def test_a_name_is_read_without_region_form_brackets_and_blanks(name: str, stem: str, trade_name: str) -> None:
    assert (rules.stem(name), rules.trade_name(name)) == (stem, trade_name)


@pytest.mark.parametrize(
    ("one", "other", "word"),
    [
        ("临猗县丰源果业有限公司", "丰源果业（临猗）有限责任公司", "名称相同"),
        ("临猗县丰源果业有限公司", "临猗丰源果业专业合作社", "名称相同"),
        ("临猗县丰源达果业有限公司", "临猗县丰塬达果业有限公司", "只差一个字"),
        ("临猗县丰源果业有限公司", "临猗县金源果业有限公司", ""),
        ("临猗县丰源果业有限公司", "临猗县丰源鲜果业有限公司", "只差一个字"),
        ("临猗县源丰果业有限公司", "临猗县丰源果业有限公司", "调了位置"),
        ("临猗县丰源果业有限公司", "山西丰源电子商务有限公司", "字号相同"),
        ("临猗县第一果业有限公司", "临猗县第二果业有限公司", ""),
        ("临猗县东张果业合作社", "临猗县西张果业合作社", ""),
        ("临猗县红星果业有限公司", "临猗县丰源果业有限公司", ""),
        ("临猗果业有限公司", "临猗枣业有限公司", ""),
        ("临猗示例0001果业", "临猗示例0002果业", ""),
        ("临猗示例12果业", "临猗示例1果业", ""),
    ],
)
def test_two_names_are_alike_for_a_reason_that_is_told(one: str, other: str, word: str) -> None:
    found = rules.pairs([firm("o1", one), firm("o2", other)])
    assert [word in p.reasons[0] for p in found] == ([True] if word else [])
    there = rules.suspects(firm("o1", one), [firm("o2", other)])
    assert [p.reasons for p in there] == [p.reasons for p in found]


def test_a_telephone_or_contact_with_village_alone_is_told_and_another_village_is_not() -> None:
    first = firm("o1", "甲果业", phones=frozenset({"13800138000"}), contact="示例张三", village="临猗县示例镇示例村")
    phone = firm("o2", "乙枣业", phones=frozenset({"13800138000"}))
    person = firm("o3", "丙粮业", contact="示例张三", village="示例镇示例村")
    elsewhere = firm("o4", "丁菜业", contact="示例张三", village="另一镇示例村")
    found = {p.second.key: p.reasons for p in rules.suspects(first, [phone, person, elsewhere])}
    assert found == {"o2": ("电话相同",), "o3": ("联系人和村相同",)}


def test_growers_are_alike_by_name_with_village_only() -> None:
    grower = Party(("o1",), "示例李四", "grower", village="示例镇示例村")
    same = Party(("o2",), "示例 李四", "grower", village="临猗县示例镇示例村")
    namesake = Party(("o3",), "示例李四", "grower", village="另一镇")
    assert [(p.second.key, p.reasons) for p in rules.suspects(grower, [same, namesake])] == [("o2", ("姓名和村相同",))]


def test_rows_of_one_party_and_parties_of_one_code_are_no_pair() -> None:
    organisation, application = firm("o1", "丰源果业"), Party(("a1", "o1"), "丰源果业")
    assert rules.pairs([organisation, application]) == []
    assert rules.pairs([firm("o1", "丰源果业", code="X" * 18), firm("a9", "丰源果业", code="X" * 18)]) == []


def test_what_forty_share_tells_nothing_and_ten_thousand_are_compared_by_shared_traits_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = 0
    real = rules._compare

    def counted(*given: object) -> object:
        nonlocal asked
        asked += 1
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(rules, "_compare", counted)
    signs = "丰源红星金穗绿野万泉宏达永盛兴隆鑫达恒通"
    crowd = [
        firm(f"o{n}", f"临猗县{signs[n % 20]}{chr(0x4E00 + n)}{signs[n // 20 % 20]}果业有限公司", phones=frozenset({"0359-4030000"}))
        for n in range(2_000)
    ]  # fmt: skip
    twins = [firm("x1", "临猗县独一家果业有限公司"), firm("x2", "独一家果业（临猗）合作社")]
    found = rules.pairs([*crowd, *twins])
    assert [(p.first.key, p.second.key) for p in found if p.first.key.startswith("x")] == [("x1", "x2")]
    assert asked < 4 * len(crowd)
