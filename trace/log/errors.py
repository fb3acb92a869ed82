"""What can be wrong with the log."""

from __future__ import annotations

from core.errors import NotFound, Unavailable


class LogBehind(Unavailable):
    """The database is behind what the log has published: nothing may be signed."""

    default_code = "log.behind"

    def __init__(self, detail: str) -> None:
        super().__init__(
            f"存证日志已停止签名：{detail}",
            help="请系统管理员恢复最新备份，或用 flask trace log import 补回条目，再运行 flask trace fsck；在此之前封存暂停。",
            retry_after=600,
        )


class NotIntegrated(NotFound):
    """The entry is queued but not yet covered by a signed checkpoint."""

    default_code = "log.not_integrated"

    def __init__(self) -> None:
        super().__init__("这份记录正在写入存证日志，通常几秒内完成。", help="过几秒再取一次。", retry_after=2)
