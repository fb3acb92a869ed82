"""Identifiers: published vectors, every negative vector of facts 1.1, and properties."""

from __future__ import annotations

import string
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core import identifiers as ids
from core.errors import BadInput

# facts 1.1: public companies and the worked example of the rule text
RIGHT = [
    "91350100M000100Y43",
    "9144030071526726XG",
    "91330100799655058B",
    "914403001922038216",
    "91110000802100433B",
    "9152000071430580XT",
    "91440400192548256N",
    "91440300192317458F",
    "91110108551385082Q",
    "9144030010001686XA",
    "91440300100012316L",
    "911100007109250324",
    "91100000100003962T",
    "91150000114124263Y",
    "91440606722473344C",
    "91370200264574251E",
    "91620100MA744EJF7H",
]
uscc = st.builds(
    ids.compose_uscc,
    st.text(ids.USCC_ALPHABET, min_size=8, max_size=8),
    st.text(ids.USCC_ALPHABET, min_size=8, max_size=8),
)


@pytest.mark.parametrize("code", RIGHT)
def test_published_codes_pass_both_checks(code: str) -> None:
    assert ids.check_uscc(code) == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("9１３５0100M000100Y43", "91350100M000100Y43"),
        ("91350100m000100y43", "91350100M000100Y43"),
        (" 9135 0100 M000-100Y43\n", "91350100M000100Y43"),
        ("ＭＡ744ＥＪＦ7Ｈ", None),
    ],
)
def test_full_width_lower_case_and_blanks_are_read(typed: str, code: str | None) -> None:
    if code is None:
        assert ids.normalise_code(typed) == "MA744EJF7H"
    else:
        assert ids.check_uscc(typed) == code


@pytest.mark.parametrize(
    ("typed", "error", "words"),
    [
        ("91350100M000100Y4Z", "uscc.look_alike", "第 18 位是字母 Z，是不是数字 2？"),
        ("91350100M0001O0Y43", "uscc.look_alike", "第 14 位是字母 O，是不是数字 0？"),
        ("91620100MA744EJO7H", "uscc.look_alike", "第 16 位是字母 O，是不是数字 0？"),
        ("91350100M000100Y34", "uscc.check", "核对不上"),
        ("19350100M000100Y43", "uscc.check", "核对不上"),
        ("140821000012345", "uscc.old_number", "15 位旧注册号"),
        ("91350100M000100Y4", "uscc.length", "现在是 17 位"),
        ("91350100M000100Y430", "uscc.length", "现在是 19 位"),
        ("91350100M000100Y4吕", "uscc.character", "第 18 位“吕”"),
        ("", "uscc.missing", "还没有填"),
        ("　 ", "uscc.missing", "还没有填"),
    ],
)
def test_wrong_codes_are_refused_with_the_place_to_look_at(typed: str, error: str, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        ids.check_uscc(typed)
    assert refused.value.code == error
    assert words in refused.value.message
    assert refused.value.field == "code"


def test_a_look_alike_is_never_mended_silently() -> None:
    for place, char in enumerate("91350100M000100Y43"):
        if char == "0":
            typed = "91350100M000100Y43"[:place] + "O" + "91350100M000100Y43"[place + 1 :]
            assert not ids.is_uscc(typed)


def test_a_code_right_in_its_last_character_but_wrong_in_the_subject_check_is_refused() -> None:
    first17 = "91350100M000100Y5"
    with pytest.raises(BadInput) as refused:
        ids.check_uscc(first17 + ids.uscc_check_char(first17))
    assert refused.value.code == "uscc.subject_check"


@given(uscc)
def test_composed_codes_pass(code: str) -> None:
    assert ids.check_uscc(code.lower()) == code


@given(uscc, st.integers(0, 17), st.sampled_from(ids.USCC_ALPHABET))
def test_one_wrong_character_is_always_found(code: str, place: int, char: str) -> None:
    assume(code[place] != char)
    assert not ids.is_uscc(code[:place] + char + code[place + 1 :])


@given(uscc, st.integers(0, 17), st.integers(0, 17))
def test_two_swapped_characters_are_found(code: str, a: int, b: int) -> None:
    assume(code[a] != code[b])
    assume({a, b} != {0, 17})  # the standard gives the first and the last place the same weight
    chars = list(code)
    chars[a], chars[b] = chars[b], chars[a]
    assert not ids.is_uscc("".join(chars))


@given(st.sampled_from(sorted(ids.PARTY_PREFIXES)), st.text(ids.USCC_ALPHABET, min_size=10, max_size=10))
def test_a_party_code_reads_back_and_is_never_a_uscc(prefix: str, body: str) -> None:
    code = ids.party_code(prefix, body)
    assert len(code) == 13
    assert ids.check_party_code(code.lower()) == code
    assert ids.check_organisation_code(code) == code
    assert not ids.is_uscc(code)


@given(st.text(ids.USCC_ALPHABET, min_size=10, max_size=10), st.integers(2, 12), st.sampled_from(ids.USCC_ALPHABET))
def test_one_wrong_character_of_a_party_code_is_found(body: str, place: int, char: str) -> None:
    code = ids.party_code("NH", body)
    assume(code[place] != char)
    with pytest.raises(BadInput):
        ids.check_party_code(code[:place] + char + code[place + 1 :])


@pytest.mark.parametrize("typed", ["NH0000000001", "XX00000000000", "NH000000000OO", "中文编号中文编号中文编号中"])
def test_wrong_party_codes_are_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        ids.check_party_code(typed)


@pytest.mark.parametrize(
    "typed", ["13800138000", "+86 138 0013 8000", "0086-13800138000", "１３８００１３８０００", "8613800138000"]
)
def test_mobile_numbers_are_read_as_typed_on_a_phone(typed: str) -> None:
    assert ids.check_mobile(typed) == "13800138000"


@pytest.mark.parametrize("typed", ["", "12800138000", "1380013800", "138001380001", "1380013800O", "call me", "86"])
def test_what_is_no_mobile_number_is_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        ids.check_mobile(typed)


def test_telephones_may_be_landlines_or_service_numbers() -> None:
    assert ids.check_telephone("０３５９－4030000") == "0359-4030000"
    assert ids.check_telephone("12315") == "12315"
    assert ids.check_telephone("138 0013 8000") == "13800138000"
    with pytest.raises(BadInput):
        ids.check_telephone("4030000")


def test_a_masked_mobile_shows_three_and_four() -> None:
    assert ids.mask_mobile("13812348888") == "138****8888"
    assert ids.mask_mobile("0359-4030000") == "**********00"
    assert ids.mask_mobile("12") == "**"


@pytest.mark.parametrize(
    "gtin", ["6901234567892", "6921168509256", "6902538004045", "6954767423579", "6901028075763", "6920152400975"]
)
def test_published_gtins_pass(gtin: str) -> None:
    assert ids.check_gtin(gtin) == gtin
    wrong = gtin[:-1] + str((int(gtin[-1]) + 1) % 10)
    with pytest.raises(BadInput) as refused:
        ids.check_gtin(wrong)
    assert refused.value.code == "gtin.check"


@pytest.mark.parametrize("typed", ["", "690123456789", "69012345678921", "69012345678A2", "六九零一"])
def test_wrong_gtins_are_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        ids.check_gtin(typed)


def test_mod_11_10_textbook_value() -> None:
    assert ids.mod11_10_check_digit("0794") == "5"


def test_an_sc_number_of_right_shape_and_wrong_check_digit_is_kept_with_a_warning() -> None:
    body = "1170814082100"
    right = "SC" + body + ids.mod11_10_check_digit(body)
    assert ids.check_sc_number(right.lower()) == (right, "")
    wrong = right[:-1] + str((int(right[-1]) + 1) % 10)
    kept, warning = ids.check_sc_number(wrong)
    assert kept == wrong
    assert "末位核对不上" in warning
    with pytest.raises(BadInput):
        ids.check_sc_number(right[:-1])


def test_site_filings_have_their_printed_shape_and_may_be_empty() -> None:
    assert ids.check_icp("晋icp备 06004910号－1") == "晋ICP备06004910号-1"
    assert ids.check_icp("") == ""
    assert ids.check_police_filing("晋公网安备14110002000102号") == "晋公网安备 14110002000102号"
    assert ids.check_police_filing("") == ""
    with pytest.raises(BadInput):
        ids.check_icp("已备案")
    with pytest.raises(BadInput):
        ids.check_police_filing("晋公网安备 1411号")


def test_a_resident_number_is_recognised_so_that_it_is_not_stored() -> None:
    assert ids.looks_like_resident_id("身份证11010519491231002X，谢谢")
    assert ids.looks_like_resident_id("１１０１０５19491231002x")
    assert not ids.looks_like_resident_id("110105194912310021")
    assert not ids.looks_like_resident_id("91350100M000100Y43")


@pytest.mark.parametrize("char", ["\x00", "\x1b", "\u202e", "\u200b", "\ufeff", "\ufffe", "\ud800", "\u2028"])
def test_invisible_characters_are_refused_with_their_place(char: str) -> None:
    with pytest.raises(BadInput) as refused:
        ids.normalise_text(f"临猗{char}示例")
    assert "第 3 个字符" in refused.value.message
    with pytest.raises(BadInput):
        ids.normalise_text(f"临猗{char}示例", multiline=True)


def test_line_breaks_pass_only_where_lines_are_meant() -> None:
    assert ids.normalise_text(" 一\r\n二\t ", multiline=True) == "一\n二"
    with pytest.raises(BadInput):
        ids.normalise_text("一\n二")


def test_emoji_and_rare_characters_of_names_pass() -> None:
    assert ids.normalise_text("👨‍🌾 𠮷野 ❤️") == "👨‍🌾 𠮷野 ❤️"


@given(st.text(alphabet=string.ascii_letters + "临猗示例e\u0301\u3000 ", max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = ids.normalise_text(text)
    assert ids.normalise_text(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    for check in (
        ids.check_uscc,
        ids.check_mobile,
        ids.check_gtin,
        ids.check_party_code,
        ids.check_telephone,
        ids.check_icp,
    ):
        try:
            check(text)
        except BadInput as refused:
            assert refused.message  # noqa: PT017


def test_codes_are_shown_in_fours() -> None:
    assert ids.fours("0G7TK4M2QX9VB") == ["0G7T", "K4M2", "QX9V", "B"]
    assert ids.fours("") == []


def test_letters_that_share_a_rest_are_told_apart_in_party_codes() -> None:
    code = ids.party_code("NH", "000000X000")
    with pytest.raises(BadInput):
        ids.check_party_code(code[:8] + "2" + code[9:])
