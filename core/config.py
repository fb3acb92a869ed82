"""Configuration by environment (``YIDUN_*``): one frozen object, and ``flask config check``.

Nothing here is ever taken from the Host header (TRUST 1).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the deployment decides.  ``production`` refuses development keys and unsafe values."""

    environment: str
    database_url: str
    var: Path
    host: str
    port: int
    identity_host: str
    link_origin: str
    secret_key: str
    master_key_file: Path
    files_url: str
    mail_url: str
    sms_url: str
    secure_cookies: bool
    trusted_proxies: int
    stripe_secret_key: str
    pool_size: int

    @property
    def production(self) -> bool:
        return self.environment == "production"


def _var_dir(env: Mapping[str, str]) -> Path:
    return Path(env.get("YIDUN_VAR", str(ROOT / "var"))).resolve()


def _development_secret(var: Path) -> str:
    """A random secret kept under ``var/`` so that sessions survive a restart in development."""
    path = var / "session.secret"
    if path.exists():
        return path.read_text("ascii").strip()
    var.mkdir(parents=True, exist_ok=True)
    value = secrets.token_hex(32)
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w") as out:
        out.write(value)
    return value


def load(env: Mapping[str, str] | None = None) -> Settings:
    """Read the environment once; missing development values get safe local defaults."""
    env = os.environ if env is None else env
    var = _var_dir(env)
    production = env.get("YIDUN_ENV", "development") == "production"
    host, port = env.get("HOST", "127.0.0.1"), int(env.get("PORT", "8000"))
    secret = env.get("YIDUN_SECRET_KEY", "")
    if not secret and not production:
        secret = _development_secret(var)
    return Settings(
        environment="production" if production else env.get("YIDUN_ENV", "development"),
        database_url=_psycopg_url(env.get("DATABASE_URL", "")),
        var=var,
        host=host,
        port=port,
        identity_host=env.get("YIDUN_IDENTITY_HOST", "demo.yidun.example"),
        link_origin=env.get("YIDUN_LINK_ORIGIN", f"http://{host}:{port}").rstrip("/"),
        secret_key=secret,
        master_key_file=Path(env.get("YIDUN_MASTER_KEY_FILE", str(var / "keys" / "master.keys"))),
        files_url=env.get("YIDUN_FILES_URL", (var / "files").as_uri()),
        mail_url=env.get("YIDUN_MAIL_URL", ""),
        sms_url=env.get("YIDUN_SMS_URL", ""),
        secure_cookies=env.get("YIDUN_SECURE_COOKIES", "1" if production else "0") == "1",
        trusted_proxies=int(env.get("YIDUN_TRUSTED_PROXIES", "0")),
        stripe_secret_key=env.get("STRIPE_SECRET_KEY", ""),
        pool_size=int(env.get("YIDUN_POOL_SIZE", "20")),
    )


def _psycopg_url(url: str) -> str:
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


@cache
def settings() -> Settings:
    """The settings of this process, read once from the environment."""
    return load()


@dataclass(frozen=True, slots=True)
class Finding:
    level: str  # "error" or "warning"
    name: str
    message: str


def check(s: Settings) -> list[Finding]:
    """Everything missing or unsafe; an ``error`` keeps a production process from starting."""
    return [*_identity(s), *_secrets(s), *_outside(s)]


def _identity(s: Settings) -> list[Finding]:
    found: list[Finding] = []
    bad = "error" if s.production else "warning"
    if not s.database_url:
        found.append(Finding(bad, "DATABASE_URL", "未设置，使用内嵌 PostgreSQL；正式环境请指向自己的数据库。"))
    if s.identity_host == "demo.yidun.example":
        found.append(
            Finding(bad, "YIDUN_IDENTITY_HOST", "仍是演示域名。封存第一份记录后就不能再改，请先定好备案域名。")
        )
    if ":" in s.identity_host or s.identity_host.replace(".", "").isdigit():
        found.append(Finding("error", "YIDUN_IDENTITY_HOST", "did:web 不能用 IP 地址或端口，请填域名。"))
    origin = urlsplit(s.link_origin)
    if origin.scheme not in ("http", "https") or not origin.netloc or origin.path:
        found.append(Finding("error", "YIDUN_LINK_ORIGIN", "要写成 https://域名 的形式，不带路径。"))
    elif origin.scheme != "https":
        found.append(Finding(bad, "YIDUN_LINK_ORIGIN", "印进二维码的地址不是 https。"))
    return found


def _secrets(s: Settings) -> list[Finding]:
    found: list[Finding] = []
    bad = "error" if s.production else "warning"
    if s.production and len(s.secret_key) < 32:
        found.append(Finding("error", "YIDUN_SECRET_KEY", "未设置或太短，至少 32 个字符的随机串。"))
    if s.production and not s.secure_cookies:
        found.append(Finding("error", "YIDUN_SECURE_COOKIES", "正式环境必须为 1，登录信息只经 https 传送。"))
    if _is_development_key(s.master_key_file):
        found.append(
            Finding(bad, "YIDUN_MASTER_KEY_FILE", "是开发用主密钥，正式环境请用 flask keys create 另建并离线备份。")
        )
    return found


def _outside(s: Settings) -> list[Finding]:
    found: list[Finding] = []
    if not s.mail_url and not s.sms_url:
        found.append(
            Finding(
                "warning",
                "YIDUN_MAIL_URL / YIDUN_SMS_URL",
                "都没有设置，找回密码的验证码显示在管理员消息页，由工作人员转告。",
            )
        )
    found += _files(s)
    if not s.stripe_secret_key:
        found.append(Finding("warning", "STRIPE_SECRET_KEY", "未设置，在线支付不出现；对公转账和货到付款可用。"))
    return found


def _files(s: Settings) -> list[Finding]:
    from core.file.storage import storage_at

    bucket = s.files_url.startswith("s3://")
    try:
        storage_at(s.files_url)
    except ValueError as error:
        return [Finding("error", "YIDUN_FILES_URL", f"写得不对：{error}。")]
    if bucket and not (os.environ.get("AWS_ACCESS_KEY_ID") and os.environ.get("AWS_SECRET_ACCESS_KEY")):
        return [Finding("error", "AWS_ACCESS_KEY_ID / AWS_SECRET_ACCESS_KEY", "文件存放在对象存储里，要填它的密钥对。")]
    return []


def _is_development_key(path: Path) -> bool:
    """Whether the key file says of itself that it was made for development (a missing file is made at first use)."""
    try:
        return "development" in path.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        return False
