"""What sign-in and accounts may refuse with."""

from __future__ import annotations

from core.errors import BadInput, Conflict, Denied, TooMany


class WrongSignIn(BadInput):
    default_code = "account.wrong_sign_in"
    title = "没有登录成功"


class TooManyTries(TooMany):
    default_code = "account.too_many_tries"


class NameTaken(Conflict):
    default_code = "account.name_taken"


class TotpNeeded(Denied):
    default_code = "account.totp_needed"
    title = "要先设置动态口令"


class WrongCode(BadInput):
    default_code = "account.wrong_code"
