"""Readiness: whether what was queued for the log gets into it in time."""

from __future__ import annotations

from core.health.checks import Reading, check
from trace.log.queries import lag_seconds, witness_silence

LAG_SECONDS = 15.0


@check("log")
def log_lag() -> Reading:
    """Ready while the oldest entry that waits for a checkpoint waits no longer than ``LAG_SECONDS``."""
    lag = lag_seconds()
    if lag > LAG_SECONDS:
        return Reading(False, f"最早的一条存证已等了 {lag:.0f} 秒。", lag)
    return Reading(True, "存证日志跟得上。", lag)


@check("witness")
def log_witnesses() -> Reading:
    """Always ready, because the log goes on without witnesses; the sentence is the alarm."""
    return Reading(True, witness_silence() or "外部见证没有告警。", 1.0 if witness_silence() else 0.0)
