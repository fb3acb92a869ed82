"""Operations are described beside their views; the document is generated from what is registered (pure)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema


class Problem(BaseModel):
    """RFC 9457 problem, with our code, field, next step and every unmet rule."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str = ""
    field: str | None = None
    help: str | None = None
    unmet: list[dict[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One documented address: OpenAPI path, method, Chinese summary, answers by status."""

    path: str
    method: str
    summary: str
    tag: str
    answers: dict[int, tuple[str, str, type[BaseModel] | None]]
    parameters: tuple[tuple[str, str, str, str], ...] = ()
    body: type[BaseModel] | None = None
    errors: tuple[int, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


_OPERATIONS: dict[tuple[str, str], Operation] = {}


def describe(operation: Operation) -> Operation:
    """Afterwards the operation stands in the API description."""
    _OPERATIONS[operation.path, operation.method.lower()] = operation
    return operation


def operations() -> list[Operation]:
    return [_OPERATIONS[k] for k in sorted(_OPERATIONS)]


_REASONS = {
    400: "输入有误",
    401: "没有登录",
    403: "没有权限",
    404: "没有找到",
    409: "情况有变",
    422: "条件不满足",
    429: "请求太频繁",
    503: "暂时不可用",
}


def document(server: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of everything described."""
    models: list[type[BaseModel]] = [Problem]
    for op in operations():
        models += [m for _, _, m in op.answers.values() if m is not None]
        models += [op.body] if op.body else []
    _, schemas = models_json_schema(
        [(m, "serialization") for m in dict.fromkeys(models)], ref_template="#/components/schemas/{model}"
    )
    paths: dict[str, Any] = {}
    for op in operations():
        paths.setdefault(op.path, {})[op.method.lower()] = _operation(op)
    return {
        "openapi": "3.1.0",
        "info": {"title": "猗顿农品 API", "version": "1.0.0", "summary": "记录、证明、日志与统计的机器接口"},
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": schemas.get("$defs", {}),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(op: Operation) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status, (text, media, model) in op.answers.items():
        answer: dict[str, Any] = {"description": text}
        if media:
            schema = {"$ref": f"#/components/schemas/{model.__name__}"} if model else {}
            answer["content"] = {media: {"schema": schema}}
        responses[str(status)] = answer
    for status in op.errors:
        responses[str(status)] = {
            "description": _REASONS[status],
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    found: dict[str, Any] = {
        "summary": op.summary,
        "operationId": f"{op.method.lower()}{op.path.replace('/', '_').replace('{', '').replace('}', '').replace('.', '_')}",
        "tags": [op.tag],
        "responses": responses,
        **op.extra,
    }
    if op.parameters:
        found["parameters"] = [
            {"name": n, "in": where, "required": where == "path", "description": text, "schema": {"type": kind}}
            for n, where, kind, text in op.parameters
        ]
    if op.body:
        found["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{op.body.__name__}"}}},
        }
    return found
