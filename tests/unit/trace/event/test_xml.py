"""EPCIS XML: the same events as JSON, whatever prefixes and wrappers; what is not ours is refused in words."""

from __future__ import annotations

import pytest

from trace.event import check, document, eventhash
from trace.event.context import EPCIS_CONTEXT
from trace.event.errors import BadDocument, UnsupportedXml

HEAD = "<eventTime>2026-10-08T09:30:00+08:00</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>"
UNIT = "<epc>urn:epc:id:sgtin:4012345.011111.1</epc>"
LOT = "<quantityElement><epcClass>urn:epc:class:lgtin:4012345.011111.L</epcClass><quantity>4.0</quantity><uom>KGM</uom></quantityElement>"
EVENTS = {
    "ObjectEvent": f"{HEAD}<epcList>{UNIT}</epcList><action>OBSERVE</action><bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep>",
    "AggregationEvent": f"{HEAD}<parentID>urn:epc:id:sscc:4012345.3111111111</parentID><childEPCs>{UNIT}</childEPCs><action>ADD</action>",
    "AssociationEvent": f"{HEAD}<parentID>urn:epc:id:grai:4012345.00022.3</parentID><childEPCs>{UNIT}</childEPCs><action>ADD</action>",
    "TransactionEvent": f'{HEAD}<bizTransactionList><bizTransaction type="urn:epcglobal:cbv:btt:po">urn:x:1</bizTransaction></bizTransactionList><epcList>{UNIT}</epcList><action>ADD</action>',
    "TransformationEvent": f"{HEAD}<inputQuantityList>{LOT}</inputQuantityList><outputEPCList>{UNIT}</outputEPCList>",
}  # fmt: skip


def wrap(inner: str, *, version: str = "2", attributes: str = "") -> bytes:
    schema = "2.0" if version == "2" else "1.2"
    return (
        f'<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:{version}" {attributes} schemaVersion="{schema}"'
        f' creationDate="2026-10-08T09:30:00Z"><EPCISBody><EventList>{inner}</EventList></EPCISBody></epcis:EPCISDocument>'
    ).encode()


def read(inner: str, **options: str) -> document.Parsed:
    return document.parse(wrap(inner, **options), "text/xml")


@pytest.mark.parametrize("kind", EVENTS)
def test_each_of_the_five_types_is_read_and_sound(kind):
    parsed = read(f"<{kind}>{EVENTS[kind]}</{kind}>")

    assert [event["type"] for event in parsed.events] == [kind]
    assert check.faults(parsed.events[0], parsed.context) == []


@pytest.mark.parametrize("kind", EVENTS)
def test_version_1_2_wrappers_are_looked_through(kind):
    plain = read(f"<{kind}>{EVENTS[kind]}</{kind}>").events
    wrapped = read(
        f"<extension><{kind}>{HEAD}<extension>{EVENTS[kind].removeprefix(HEAD)}</extension></{kind}></extension>",
        version="1",
    ).events

    assert wrapped == plain


def test_terms_become_words_and_numbers_become_numbers():
    [event] = read(
        f'<ObjectEvent>{HEAD}<action>OBSERVE</action><quantityList>{LOT}</quantityList><disposition>cbv:Disp-active</disposition>'
        '<sensorElementList><sensorElement><sensorReport type="gs1:Temperature" value="1.50" booleanValue="true" component="latitude"/>'
        "</sensorElement></sensorElementList></ObjectEvent>"
    ).events  # fmt: skip

    assert event["quantityList"] == [{"epcClass": "urn:epc:class:lgtin:4012345.011111.L", "quantity": 4, "uom": "KGM"}]
    assert event["disposition"] == "active"
    assert event["sensorElementList"] == [
        {"sensorReport": [{"type": "Temperature", "value": 1.5, "booleanValue": True, "component": "latitude"}]}
    ]


def test_a_list_is_a_set():
    assert read(f"<ObjectEvent>{HEAD}<epcList>{UNIT}{UNIT}</epcList></ObjectEvent>").events[0]["epcList"] == [
        "urn:epc:id:sgtin:4012345.011111.1"
    ]


def test_extensions_keep_their_namespace_and_shape():
    parsed = read(
        f'<ObjectEvent>{EVENTS["ObjectEvent"]}<a:x><a:y>1</a:y><a:y>2</a:y></a:x><b:z k="v">t</b:z></ObjectEvent>',
        attributes='xmlns:a="https://a.example.com/" xmlns:b="https://b.example.com/"',
    )
    plain = {"type": "ObjectEvent", "a:x": {"a:y": ["1", "2"]}, "b:z": {"k": "v", "#text": "t"}}

    assert {name: parsed.events[0][name] for name in ("a:x", "b:z")} == {name: plain[name] for name in ("a:x", "b:z")}
    assert document.namespaces(parsed.context) == {"a": "https://a.example.com/", "b": "https://b.example.com/"}
    assert check.faults(parsed.events[0], parsed.context) == []


def test_a_prefix_that_json_could_not_use_gets_another():
    parsed = read(
        f'<ObjectEvent>{EVENTS["ObjectEvent"]}<https:x>1</https:x></ObjectEvent><ObjectEvent xmlns:https="https://b.example.com/">{EVENTS["ObjectEvent"]}<https:x>1</https:x></ObjectEvent>',
        attributes='xmlns:https="https://a.example.com/"',
    )  # fmt: skip
    names = document.namespaces(parsed.context)

    assert sorted(names.values()) == ["https://a.example.com/", "https://b.example.com/"]
    assert "https" not in names
    assert "{https://b.example.com/}x=1" in eventhash.prehash(parsed.events[1], parsed.context)


def test_the_same_event_in_both_syntaxes_has_one_id():
    parsed = read(f"<ObjectEvent>{EVENTS['ObjectEvent']}</ObjectEvent>")
    plain = {
        "type": "ObjectEvent", "eventTime": "2026-10-08T01:30:00Z", "eventTimeZoneOffset": "+08:00", "action": "OBSERVE",
        "bizStep": "shipping", "epcList": ["https://example.cn/01/04012345111118/21/1"],
    }  # fmt: skip

    assert eventhash.event_id(parsed.events[0], parsed.context) == eventhash.event_id(plain, EPCIS_CONTEXT)


def test_an_error_declaration_is_read():
    [event] = read(
        f"<ObjectEvent>{EVENTS['ObjectEvent']}<errorDeclaration><declarationTime>2026-10-09T00:00:00Z</declarationTime>"
        "<reason>urn:epcglobal:cbv:er:incorrect_data</reason><correctiveEventIDs><correctiveEventID>urn:x:2</correctiveEventID>"
        "</correctiveEventIDs></errorDeclaration></ObjectEvent>"
    ).events

    assert event["errorDeclaration"] == {
        "declarationTime": "2026-10-09T00:00:00Z", "reason": "incorrect_data", "correctiveEventIDs": ["urn:x:2"],
    }  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        b"<EPCISMasterDataDocument/>",
        b"<html/>",
        b'<q:EPCISQueryDocument xmlns:q="urn:epcglobal:epcis-query:xsd:2" schemaVersion="2.0"><EPCISBody><q:Poll/></EPCISBody></q:EPCISQueryDocument>',
        b'<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0"/>',
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
    ],
    ids=["master data", "html", "query", "no body", "entities", "external"],
)
def test_other_xml_is_415_and_says_what_to_send(body):
    with pytest.raises(UnsupportedXml) as caught:
        document.parse(body, "application/xml")

    assert caught.value.status == 415
    assert caught.value.message.endswith("。")


@pytest.mark.parametrize("body", [b"", b"<a>", b"<a></b>", "<a>\ud800</a>".encode("utf-8", "surrogatepass")])
def test_broken_xml_is_400(body):
    with pytest.raises(BadDocument):
        document.parse(body, "application/xml")


def test_a_document_without_its_frame_is_refused():
    with pytest.raises(BadDocument) as caught:
        document.parse(
            wrap("").replace(b'creationDate="2026-10-08T09:30:00Z"', b"").replace(b'"2.0"', b'"3"'), "application/xml"
        )

    assert [fault.rule for fault in caught.value.faults] == ["doc.version", "doc.created"]
