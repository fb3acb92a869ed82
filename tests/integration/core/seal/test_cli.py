"""``flask keys`` on a database of its own: rotate, rewrap, backup, and a restore that proves itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import config
from core.account.actor import SYSTEM
from core.db import db, unit_of_work
from core.seal import envelope, service
from tests.factories import trace as grow
from trace.signing import identity
from trace.signing.models import SigningKey

PASSPHRASE = {"YIDUN_RECOVERY_PASSPHRASE": "correct horse battery"}


@pytest.fixture
def deployment(cloned_db):
    """An application whose database holds one sealed signing key and the sealed log key."""
    service.forget_keys()
    with cloned_db.app.app_context(), unit_of_work():
        organisation = grow.make_organisation(7100)
        identity.create_key(organisation.id, SYSTEM)
    yield cloned_db
    service.forget_keys()


def run(deployment, *arguments: str):
    return deployment.app.test_cli_runner().invoke(args=["keys", *arguments], env=PASSPHRASE)


def sealed_by(deployment) -> str:
    with deployment.app.app_context():
        return envelope.key_id_of(db.session.query(SigningKey).one().sealed_secret)


def can_sign(deployment) -> bool:
    service.forget_keys()
    with deployment.app.app_context():
        return len(identity.sign_with(db.session.query(SigningKey).one()).sign(b"x")) == 64


def test_after_rotation_and_rewrap_everything_is_sealed_by_the_newest_key(deployment) -> None:
    before = sealed_by(deployment)

    assert run(deployment, "rotate").exit_code == 0
    rewrapped = run(deployment, "rewrap")

    assert "2 项" in rewrapped.output
    assert sealed_by(deployment) == service.keys().newest.id != before
    assert can_sign(deployment)


def test_a_lost_key_file_comes_back_from_the_recovery_file(deployment, tmp_path: Path) -> None:
    recovery = tmp_path / "keys.recovery"
    assert run(deployment, "backup", "--to", str(recovery)).exit_code == 0
    path = config.settings().master_key_file
    path.unlink()

    restored = run(deployment, "restore", "--from", str(recovery))

    assert restored.exit_code == 0, restored.output
    assert "全部 2 项" in restored.output
    assert path.stat().st_mode & 0o777 == 0o600
    assert recovery.stat().st_mode & 0o777 == 0o600
    assert can_sign(deployment)


def test_a_recovery_file_of_other_keys_proves_nothing_and_changes_nothing(deployment, tmp_path: Path) -> None:
    recovery = tmp_path / "keys.recovery"
    path = config.settings().master_key_file
    mine = path.read_bytes()
    path.unlink()
    service.forget_keys()
    assert run(deployment, "backup", "--to", str(recovery)).exit_code == 0
    path.write_bytes(mine)
    service.forget_keys()

    refused = run(deployment, "restore", "--from", str(recovery))

    assert refused.exit_code == 1
    assert path.read_bytes() == mine


def test_proving_alone_touches_nothing(deployment, tmp_path: Path) -> None:
    recovery = tmp_path / "keys.recovery"
    run(deployment, "backup", "--to", str(recovery))
    path = config.settings().master_key_file
    path.unlink()

    assert run(deployment, "restore", "--prove-only", "--from", str(recovery)).exit_code == 0
    assert not path.exists()


def test_a_wrong_passphrase_is_told(deployment, tmp_path: Path) -> None:
    recovery = tmp_path / "keys.recovery"
    run(deployment, "backup", "--to", str(recovery))

    answer = deployment.app.test_cli_runner().invoke(
        args=["keys", "restore", "--from", str(recovery)], env={"YIDUN_RECOVERY_PASSPHRASE": "another passphrase"}
    )

    assert answer.exit_code == 1
    assert "口令不对" in answer.output
