"""What the configuration check finds, and that production refuses what development allows."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import config

GOOD = {
    "YIDUN_ENV": "production",
    "DATABASE_URL": "postgresql://yidun@db/yidun",
    "YIDUN_IDENTITY_HOST": "trace.example.cn",
    "YIDUN_LINK_ORIGIN": "https://trace.example.cn",
    "YIDUN_SECRET_KEY": "s" * 40,
    "YIDUN_MAIL_URL": "smtp://mail.example.cn",
    "STRIPE_SECRET_KEY": "set",
}


def findings(tmp_path: Path, **changes: str) -> dict[str, str]:
    env = {**GOOD, "YIDUN_VAR": str(tmp_path), **changes}
    return {f.name: f.level for f in config.check(config.load(env))}


def test_a_complete_production_configuration_has_no_finding(tmp_path: Path) -> None:
    assert findings(tmp_path) == {}


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"YIDUN_IDENTITY_HOST": "demo.yidun.example"}, "YIDUN_IDENTITY_HOST"),
        ({"YIDUN_IDENTITY_HOST": "10.0.0.1"}, "YIDUN_IDENTITY_HOST"),
        ({"YIDUN_IDENTITY_HOST": "trace.example.cn:8000"}, "YIDUN_IDENTITY_HOST"),
        ({"YIDUN_LINK_ORIGIN": "http://trace.example.cn"}, "YIDUN_LINK_ORIGIN"),
        ({"YIDUN_LINK_ORIGIN": "https://trace.example.cn/x"}, "YIDUN_LINK_ORIGIN"),
        ({"YIDUN_SECRET_KEY": "short"}, "YIDUN_SECRET_KEY"),
        ({"YIDUN_SECURE_COOKIES": "0"}, "YIDUN_SECURE_COOKIES"),
    ],
)
def test_production_refuses_each_unsafe_value(tmp_path: Path, change: dict[str, str], name: str) -> None:
    assert findings(tmp_path, **change) == {name: "error"}


def test_production_refuses_a_development_key(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "master.keys").write_text("dev-1 c2VjcmV0 development\n")
    assert findings(tmp_path) == {"YIDUN_MASTER_KEY_FILE": "error"}


def test_development_is_warned_only(tmp_path: Path) -> None:
    found = findings(tmp_path, YIDUN_ENV="development", DATABASE_URL="", YIDUN_LINK_ORIGIN="http://127.0.0.1:8000")
    assert set(found.values()) == {"warning"}


def test_the_development_session_secret_survives_a_restart(tmp_path: Path) -> None:
    env = {"YIDUN_VAR": str(tmp_path)}
    first, second = config.load(env), config.load(env)
    assert first.secret_key == second.secret_key
    assert (tmp_path / "session.secret").stat().st_mode & 0o777 == 0o600
