"""``/healthz`` (this process answers), ``/readyz`` (everything it needs answers), ``/metrics`` (Prometheus)."""

from __future__ import annotations

import hmac
import ipaddress
import os

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from core.account.access import public
from core.errors import NotFound
from core.health import checks
from core.observability import metrics

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public("answers load balancers; tells nothing but that the process lives")
def healthz() -> ResponseReturnValue:
    return Response("ok\n", mimetype="text/plain", headers={"Cache-Control": "no-store"})


@blueprint.get("/readyz")
@public("answers load balancers; names what is missing, no data")
def readyz() -> ResponseReturnValue:
    results = checks.run_all()
    ready = all(r.reading.ok for r in results)
    body = {
        "ready": ready,
        "checks": [
            {"name": r.name, "ok": r.reading.ok, "detail": r.reading.detail, "value": r.reading.value} for r in results
        ],
    }
    response = jsonify(body)
    response.status_code = 200 if ready else 503
    response.headers["Cache-Control"] = "no-store"
    if not ready:
        response.headers["Retry-After"] = "3"
    return response


@blueprint.get("/metrics")
@public("answers the own machine, or whoever holds YIDUN_METRICS_TOKEN")
def metrics_page() -> ResponseReturnValue:
    if not (_from_this_machine() or _has_token()):
        raise NotFound("没有找到这个页面。", help="监控指标只在本机提供。")
    gauges = {"yidun_ready": ("1 when every readiness check passes", 1.0)}
    for result in checks.run_all():
        name = result.name.replace(".", "_").replace("-", "_")
        gauges[f"yidun_check_ok_{name}"] = (f"1 when check {result.name} passes", float(result.reading.ok))
        if result.reading.value is not None:
            gauges[f"yidun_check_value_{name}"] = (f"Value of check {result.name}", result.reading.value)
        if not result.reading.ok:
            gauges["yidun_ready"] = (gauges["yidun_ready"][0], 0.0)
    return Response(metrics.exposition(gauges), mimetype="text/plain", headers={"Cache-Control": "no-store"})


def _from_this_machine() -> bool:
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _has_token() -> bool:
    token = os.environ.get("YIDUN_METRICS_TOKEN", "")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())
