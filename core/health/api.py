"""The health addresses, as the API description tells them."""

from __future__ import annotations

from pydantic import BaseModel

from core.api.description import Operation, describe


class Check(BaseModel):
    """One named check."""

    name: str
    ok: bool
    value: float | None = None
    detail: str


class Readiness(BaseModel):
    """Ready only when every check is in order."""

    ready: bool
    checks: list[Check]


describe(Operation("/healthz", "get", "进程活着。", "运行", {200: ("活着", "application/json", None)}))
describe(
    Operation(
        "/readyz",
        "get",
        "数据库、后台任务、队列和存证日志是否就绪。",
        "运行",
        {200: ("就绪", "application/json", Readiness), 503: ("没有就绪", "application/json", Readiness)},
    )
)
describe(Operation("/metrics", "get", "Prometheus 指标。", "运行", {200: ("指标", "text/plain", None)}))
