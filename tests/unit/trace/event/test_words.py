"""Events in plain Chinese words, and the vocabulary they are taken from."""

from __future__ import annotations

from trace.event import vocabulary, words


def test_every_term_of_the_vocabulary_has_a_word() -> None:
    assert set(words.STEPS) == vocabulary.BIZ_STEP.words
    assert set(words.DISPOSITIONS) == vocabulary.DISPOSITION.words
    assert set(words.TRANSACTIONS) == vocabulary.TRANSACTION_TYPE.words
    assert set(words.PARTIES) == vocabulary.PARTY_TYPE.words
    assert set(words.REASONS) == vocabulary.ERROR_REASON.words


def test_an_event_is_told_in_words() -> None:
    event = {
        "type": "TransformationEvent", "bizStep": "packing", "disposition": "in_progress",
        "inputQuantityList": [{"epcClass": "https://id.gs1.org/01/09506000134352/10/A1", "quantity": 12.5, "uom": "KGM"}],
        "outputEPCList": [f"https://id.gs1.org/01/09506000134352/21/{n}" for n in range(30)],
        "destinationList": [{"type": "owning_party", "destination": "https://id.gs1.org/417/9521321000018"}],
        "sensorElementList": [{"sensorReport": [{"type": "Temperature", "value": 3.5, "uom": "CEL", "exception": "ALARM_CONDITION"}]}],
        "errorDeclaration": {"declarationTime": "2026-10-12T08:00:00Z", "reason": "did_not_occur"},
    }  # fmt: skip
    rows = dict(words.rows(event))

    assert words.headline(event) == "装箱，之后的状态是“处理中”。"
    assert rows["投入批次"] == "GTIN 09506000134352，批号 A1：12.5 kg"
    assert rows["产出"].endswith("等共 30 个")
    assert rows["到（货主）"] == "参与方 9521321000018"
    assert rows["温度"] == "3.5 °C，超出设定范围"
    assert "没有发生" in rows["更正声明"]


def test_a_word_of_ours_and_an_unknown_address_are_told_as_far_as_known() -> None:
    assert words.step_word("https://yidun.example/bizstep/grading") == "分级"
    assert words.step_word(None) == "没写步骤"
    assert words.identifier_words("https://yidun.example/id/uscc/X/prod/P/lot/L") == "商品项 P，批号 L"
    assert words.identifier_words("https://shop.example.com/a") == "https://shop.example.com/a"
    assert words.type_word("https://ns.example.com/Party") == "扩展事件"
