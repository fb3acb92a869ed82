"""Named readiness checks.  A room above registers its own; each is asked by itself, none may hide another's answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core.db import db
from core.job.queries import worker_state

log = logging.getLogger("yidun.health")

HEARTBEAT_SECONDS = 20.0
QUEUE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What a check found: whether all is well, a sentence for the operator, and the measured value if there is one."""

    ok: bool
    detail: str
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Result:
    name: str
    reading: Reading


_CHECKS: dict[str, Callable[[], Reading]] = {}


def check(name: str) -> Callable[[Callable[[], Reading]], Callable[[], Reading]]:
    """Register the decorated function as the readiness check ``name`` (asked in order of registration)."""

    def keep(function: Callable[[], Reading]) -> Callable[[], Reading]:
        _CHECKS[name] = function
        return function

    return keep


def run_all() -> list[Result]:
    """Every check's answer; one that raises counts as failed and does not stop the others."""
    return [Result(name, _ask(name, function)) for name, function in _CHECKS.items()]


def _ask(name: str, function: Callable[[], Reading]) -> Reading:
    try:
        return function()
    except SQLAlchemyError as error:
        log.warning("check %s: %s", name, type(error).__name__)
        return Reading(False, "数据库不可用，问不到结果。")
    except Exception:
        log.exception("check %s failed", name)
        return Reading(False, "检查本身出错，见日志。")
    finally:
        _let_go()


def _let_go() -> None:
    try:
        db.session.rollback()
    except SQLAlchemyError:
        log.debug("rollback after a check failed")


@check("database")
def _database() -> Reading:
    db.session.execute(text("SELECT 1"))
    return Reading(True, "数据库应答正常。")


@check("worker")
def _worker() -> Reading:
    state = worker_state()
    age = state.heartbeat_age
    if age is None:
        return Reading(False, "后台任务进程还没有报到。")
    if age > HEARTBEAT_SECONDS:
        return Reading(False, f"后台任务进程已有 {age:.0f} 秒没有报到。", age)
    if state.failing_loops:
        return Reading(False, "后台循环出错：" + "、".join(state.failing_loops) + "。", age)
    return Reading(True, "后台任务进程在工作。", age)


@check("queue")
def _queue() -> Reading:
    state = worker_state()
    if state.queue_age > QUEUE_SECONDS:
        return Reading(False, f"最早的任务已等了 {state.queue_age:.0f} 秒。", state.queue_age)
    return Reading(True, f"等待 {state.waiting} 件，失败 {state.failed} 件。", state.queue_age)
