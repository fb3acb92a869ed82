"""Pure rules of accounts: passwords, lock-out, one-time codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from core.account.permissions import PRIVILEGED_ROLES
from core.errors import Unmet

MIN_PASSWORD = 10
CODE_LIFE = timedelta(minutes=15)
CODE_TRIES = 5
INVITATION_LIFE = timedelta(days=7)
WINDOW = timedelta(minutes=15)
TRIES_PER_NAME = 8  # from devices the user never signed in from
TRIES_PER_KNOWN_DEVICE = 20
TRIES_PER_ADDRESS = 60

_COMMON = frozenset(
    [
        "1234567890",
        "0123456789",
        "12345678910",
        "password123",
        "password1234",
        "qwertyuiop",
        "qwerty12345",
        "1q2w3e4r5t",
        "iloveyou123",
        "abcd123456",
        "a123456789",
        "admin12345",
        "woaini1314",
        "5201314520",
        "1111111111",
        "0000000000",
        "aaaaaaaaaa",
        "linyi123456",
        "yidun12345",
    ]
)


def password_faults(password: str, *, mobile: str = "", login_name: str = "") -> list[Unmet]:
    """Everything wrong with a new password; length matters, character classes do not (NIST SP 800-63B)."""
    found = []
    if len(password) < MIN_PASSWORD:
        found.append(
            Unmet(
                "account.password.short",
                f"密码至少 {MIN_PASSWORD} 位，现在 {len(password)} 位。",
                help="可以用一句容易记的话。",
            )
        )
    if len(password) > 200:
        found.append(Unmet("account.password.long", "密码最多 200 位。", help="短一些。"))
    low = password.casefold()
    if low in _COMMON or (len(set(password)) <= 2 and password):
        found.append(Unmet("account.password.common", "这个密码太常见，容易被猜到。", help="换一个别人想不到的。"))
    if (mobile and mobile in password) or (login_name and login_name.casefold() in low):
        found.append(Unmet("account.password.name", "密码里不要含有手机号或登录名。", help="换一个。"))
    return found


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed sign-ins within :data:`WINDOW`: for this name from unknown devices, from this device, from this address."""

    name_unknown_device: int
    name_this_device: int
    address: int
    device_known: bool


def locked_out(f: Failures) -> bool:
    """Whether this try must wait.  A flood from strangers never locks out a device the user signed in from before."""
    if f.address >= TRIES_PER_ADDRESS:
        return True
    if f.device_known:
        return f.name_this_device >= TRIES_PER_KNOWN_DEVICE
    return f.name_unknown_device >= TRIES_PER_NAME


def needs_totp(roles: frozenset[str]) -> bool:
    """Privileged roles sign in with a second factor (等保 habit; issue 2 section 2)."""
    return bool(roles & PRIVILEGED_ROLES)
