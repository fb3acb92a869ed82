"""What the EPCIS interface refuses: RFC 9457 problems whose ``type`` is an exception of the standard."""

from __future__ import annotations

from typing import Any

from core.errors import DomainError


class EpcisProblem(DomainError):
    """A refusal of the EPCIS 2.0 interface; ``faults`` lists every single fault."""

    exception = "ImplementationException"
    default_code = "epcis.problem"

    def __init__(self, message: str, *, help: str = "", faults: list[dict[str, Any]] | None = None) -> None:
        super().__init__(message, code=f"epcis.{self.exception}", help=help)
        self.faults = faults or []


class ValidationProblem(EpcisProblem):
    exception, status, title = "ValidationException", 400, "事件文件有误"


class QueryParameterProblem(EpcisProblem):
    exception, status, title = "QueryParameterException", 400, "查询参数有误"


class SubscriptionControlsProblem(EpcisProblem):
    exception, status, title = "SubscriptionControlsException", 400, "订阅条件有误"


class SecurityProblem(EpcisProblem):
    exception, status, title = "SecurityException", 401, "需要令牌"


class ForbiddenProblem(EpcisProblem):
    exception, status, title = "SecurityException", 403, "令牌没有这项权限"


class NoSuchResource(EpcisProblem):
    exception, status, title = "NoSuchResourceException", 404, "没有找到"


class NoSuchName(EpcisProblem):
    exception, status, title = "NoSuchNameException", 404, "没有这个名称"


class NotAcceptableProblem(EpcisProblem):
    exception, status, title = "NotAcceptableException", 406, "不能给出这种格式"


class AlreadyExists(EpcisProblem):
    exception, status, title = "ResourceAlreadyExistsException", 409, "已经有了"


class CaptureLimitProblem(EpcisProblem):
    exception, status, title = "CaptureLimitExceededException", 413, "一次送得太多"


class QueryTooLarge(EpcisProblem):
    exception, status, title = "QueryTooLargeException", 413, "查询结果太多"


class TooLongAddress(EpcisProblem):
    exception, status, title = "URITooLongException", 414, "地址太长"


class UnsupportedMediaProblem(EpcisProblem):
    exception, status, title = "UnsupportedMediaTypeException", 415, "不能读这种格式"


class NotImplementedHere(EpcisProblem):
    exception, status, title = "ImplementationException", 501, "没有提供这项功能"


EXCEPTION_OF_STATUS = {
    400: "ValidationException",
    401: "SecurityException",
    403: "SecurityException",
    404: "NoSuchResourceException",
    406: "NotAcceptableException",
    409: "ResourceAlreadyExistsException",
    413: "CaptureLimitExceededException",
    414: "URITooLongException",
    415: "UnsupportedMediaTypeException",
}
