"""The EPCIS addresses, as the API description tells them (GS1 EPCIS 2.0 REST binding)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from core.api.description import Operation, describe


class EpcisDocument(BaseModel):
    """EPCISDocument or EPCISQueryDocument in JSON-LD; the GS1 JSON Schema is the measure."""

    model_config = ConfigDict(populate_by_name=True, extra="allow")

    context: list[str | dict[str, str]] = Field(alias="@context")
    type: str
    schemaVersion: str = "2.0"  # noqa: N815 - a term of the standard
    epcisBody: dict[str, object]  # noqa: N815 - a term of the standard


class EpcisEvent(BaseModel):
    """One event in JSON-LD."""

    model_config = ConfigDict(populate_by_name=True, extra="allow")

    context: list[str | dict[str, str]] = Field(alias="@context")
    type: str
    eventTime: str  # noqa: N815 - a term of the standard
    eventTimeZoneOffset: str  # noqa: N815 - a term of the standard


class EpcisCollection(BaseModel):
    """A list of values."""

    model_config = ConfigDict(populate_by_name=True)

    context: str = Field(alias="@context")
    type: str = "Collection"
    member: list[str]


class CaptureJob(BaseModel):
    """How a capture ended."""

    captureID: str  # noqa: N815 - a term of the standard
    running: bool
    success: bool
    createdAt: str  # noqa: N815 - a term of the standard
    finishedAt: str | None  # noqa: N815 - a term of the standard
    captureErrorBehaviour: str  # noqa: N815 - a term of the standard
    received: int
    stored: int
    known: int
    errors: list[dict[str, object]]


class QueryDefinition(BaseModel):
    """A named query."""

    name: str
    query: dict[str, object]


class SubscriptionRequest(BaseModel):
    """Whom to tell, when, and the secret that signs the messages."""

    dest: str
    signatureToken: str  # noqa: N815 - a term of the standard
    stream: bool | None = None
    schedule: dict[str, str] | None = None
    reportIfEmpty: bool = False  # noqa: N815 - a term of the standard
    initialRecordTime: str | None = None  # noqa: N815 - a term of the standard


class SubscriptionAnswer(BaseModel):
    """A subscription, without its secret."""

    subscriptionID: str  # noqa: N815 - a term of the standard
    queryName: str  # noqa: N815 - a term of the standard
    dest: str
    createdAt: str  # noqa: N815 - a term of the standard


TAG, JSON = "EPCIS 2.0", "application/json"
BEARER: dict[str, object] = {"security": [{"bearer": []}]}
PAGING = (
    ("perPage", "query", "integer", "一页多少，默认 30，最多 1000"),
    ("nextPageToken", "query", "string", "下一页的令牌，取自 Link 头"),
)
QUERY = (
    *PAGING,
    ("eventType, GE_eventTime, EQ_bizStep, MATCH_anyEPC …", "query", "string", "EPCIS 2.0 查询语言的全部参数"),
)


def _op(
    path: str, method: str, summary: str, answers: dict[int, tuple[str, str, type[BaseModel] | None]], **more: object
) -> None:
    describe(
        Operation(
            path=f"/epcis{path}", method=method, summary=summary, tag=TAG, answers=answers, extra=BEARER,
            errors=tuple(more.get("errors", (400, 401, 403))), parameters=tuple(more.get("parameters", ())), body=more.get("body"),  # type: ignore[arg-type]
        )
    )  # fmt: skip


def _path(name: str, text: str) -> tuple[str, str, str, str]:
    return (name, "path", "string", text)


_op("/", "get", "有哪些资源。", {200: ("资源", JSON, EpcisCollection)}, errors=())
_op(
    "/capture",
    "post",
    "送一批事件（JSON-LD 或 XML）。",
    {
        202: ("收下，Location 是任务地址", "", None),
        413: ("超过 GS1-EPCIS-Capture-Limit", "", None),
        415: ("格式不收", "", None),
    },
    body=EpcisDocument,
)
_op("/capture", "get", "本单位的捕获任务，新的在前。", {200: ("任务", JSON, CaptureJob)}, parameters=PAGING)
_op(
    "/capture/{captureID}",
    "get",
    "一个捕获任务的结果。",
    {200: ("任务", JSON, CaptureJob)},
    parameters=(_path("captureID", "任务编号"),),
    errors=(401, 403, 404),
)
_op(
    "/events",
    "post",
    "送一个事件。",
    {201: ("已存", JSON, EpcisEvent), 413: ("太大", "", None), 415: ("格式不收", "", None)},
    body=EpcisEvent,
    errors=(400, 401, 403, 409),
)
_op(
    "/events",
    "get",
    "按查询语言查事件。",
    {200: ("事件", JSON, EpcisDocument), 406: ("给不出要的格式", "", None), 413: ("超过 maxEventCount", "", None)},
    parameters=QUERY,
    errors=(400, 401, 403, 429),
)
_op(
    "/events/{eventID}",
    "get",
    "一个事件和它的更正声明。",
    {200: ("事件", JSON, EpcisDocument)},
    parameters=(_path("eventID", "事件编号，百分号编码"),),
    errors=(401, 403, 404),
)
for _name, _text in (
    ("eventTypes", "事件种类"), ("epcs", "编码"), ("bizSteps", "业务步骤"), ("bizLocations", "所在地"),
    ("readPoints", "读取点"), ("dispositions", "状态"),
):  # fmt: skip
    _value = _path("value", f"{_text}的值，百分号编码")
    _op(f"/{_name}", "get", f"有哪些{_text}。", {200: (_text, JSON, EpcisCollection)}, parameters=PAGING)
    _op(
        f"/{_name}/{{value}}",
        "get",
        f"这个{_text}下有什么。",
        {200: ("下级资源", JSON, EpcisCollection)},
        parameters=(_value,),
        errors=(401, 403, 404),
    )
    _op(
        f"/{_name}/{{value}}/events",
        "get",
        f"这个{_text}的事件。",
        {200: ("事件", JSON, EpcisDocument)},
        parameters=(_value, *QUERY),
        errors=(400, 401, 403, 404),
    )
_NAME = _path("queryName", "查询名称")
_SUBSCRIPTION = _path("subscriptionID", "订阅编号")
_op(
    "/queries",
    "post",
    "存一个命名查询。",
    {201: ("已存，Location 是它的地址", "", None)},
    body=QueryDefinition,
    errors=(400, 401, 403, 409),
)
_op("/queries", "get", "本单位的命名查询。", {200: ("查询", JSON, QueryDefinition)}, parameters=PAGING)
_op(
    "/queries/{queryName}",
    "get",
    "一个命名查询。",
    {200: ("查询", JSON, QueryDefinition)},
    parameters=(_NAME,),
    errors=(401, 403, 404),
)
_op(
    "/queries/{queryName}",
    "delete",
    "删掉命名查询和它的订阅。",
    {204: ("已删", "", None)},
    parameters=(_NAME,),
    errors=(401, 403, 404),
)
_op(
    "/queries/{queryName}/events",
    "get",
    "命名查询现在的结果。",
    {200: ("事件", JSON, EpcisDocument), 501: ("不提供 WebSocket", "", None)},
    parameters=(_NAME, *PAGING),
    errors=(400, 401, 403, 404),
)
_op(
    "/queries/{queryName}/subscriptions",
    "post",
    "订阅：有新事件就发到 dest。",
    {201: ("已订", JSON, SubscriptionAnswer)},
    parameters=(_NAME,),
    body=SubscriptionRequest,
    errors=(400, 401, 403, 404),
)
_op(
    "/queries/{queryName}/subscriptions",
    "get",
    "命名查询的订阅。",
    {200: ("订阅", JSON, SubscriptionAnswer)},
    parameters=(_NAME, *PAGING),
    errors=(401, 403, 404),
)
_op(
    "/queries/{queryName}/subscriptions/{subscriptionID}",
    "get",
    "一个订阅。",
    {200: ("订阅", JSON, SubscriptionAnswer)},
    parameters=(_NAME, _SUBSCRIPTION),
    errors=(401, 403, 404),
)
_op(
    "/queries/{queryName}/subscriptions/{subscriptionID}",
    "delete",
    "退订。",
    {204: ("已退", "", None)},
    parameters=(_NAME, _SUBSCRIPTION),
    errors=(401, 403, 404),
)
_op(
    "/nextPageToken/{token}",
    "delete",
    "提前作废一个翻页令牌。",
    {204: ("已作废", "", None)},
    parameters=(_path("token", "翻页令牌"),),
    errors=(400,),
)
