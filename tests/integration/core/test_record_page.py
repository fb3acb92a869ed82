"""Auditors read the trail; nobody else does."""

from __future__ import annotations

from typing import Any

import pytest

from core.account.actor import SYSTEM
from core.record.service import record


def test_an_auditor_reads_filters_and_exports_the_trail(session: Any, as_user: Any) -> None:
    record("test.happened", ("test_table", "abc"), SYSTEM, note="一件事")
    record("test.other", ("test_table", "def"), SYSTEM)
    auditor = as_user("auditor")

    page = auditor.get("/system/audit?q=happened").get_data(as_text=True)
    assert "test.happened" in page
    assert "test.other" not in page
    assert "一件事" in page
    assert "待入链" in page
    assert "test.happened" in auditor.get("/system/audit?format=csv").get_data(as_text=True)


@pytest.mark.parametrize("role", ["owner", "office_clerk", "finance", "person"])
def test_other_roles_may_not_read_it(session: Any, as_user: Any, role: str) -> None:
    assert as_user(role).get("/system/audit").status_code == 403
