"""Applications for entry, made through the services."""

from __future__ import annotations

from typing import Any

from admin.enterprise import service
from admin.enterprise.models import Application
from core.account.actor import Actor
from tests.factories.brand import picture
from tests.support.people import invented_uscc


def make_draft(person: Actor, number: int = 501, **values: Any) -> Application:
    """A complete draft."""
    given = {
        "name": "临猗示例果枣专业合作社",
        "code": invented_uscc(number),
        "town": "示例镇",
        "contact_name": "示例联系人",
        "contact_mobile": "13800138000",
        "lawful_use": True,
    } | values
    application = service.open_application("enterprise", person)
    service.fill_in(application, person, **given)
    return service.attach_licence(application, person, picture(), "licence.jpg")


def make_submitted(person: Actor, number: int = 501, **values: Any) -> Application:
    """An application on the desk."""
    application = make_draft(person, number, **values)
    service.submit(application, person)
    return application
