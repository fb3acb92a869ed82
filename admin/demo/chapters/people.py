"""Public bodies, their posts, and the people of the story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from admin.demo import cast
from admin.demo.stage import Stage
from core.account.actor import SYSTEM
from core.account.queries import user_by_name
from core.account.service import add_member, create_user
from core.organisation import queries
from core.organisation.service import register_without_code

if TYPE_CHECKING:
    from core.organisation.models import Organisation


def tell(stage: Stage) -> None:
    """Afterwards every public body has its posts, and every invented person an account."""
    with stage.at("2026-09-01 09:00"):
        bodies = {name: _body(kind, name) for kind, name in cast.BODIES}
        for post in cast.POSTS:
            user = create_user(login_name=post.login, password=stage.password, display_name=post.label)
            add_member(user.id, bodies[post.organisation].id, post.role, SYSTEM)
        for person in cast.PEOPLE:
            join(stage, person)


def join(stage: Stage, person: cast.Person) -> None:
    """Afterwards the person has an account, also in a story that was begun before this person was invented."""
    if user_by_name(person.login) is None:
        create_user(login_name=person.login, mobile=person.mobile, password=stage.password, display_name=person.label)


def _body(kind: str, name: str) -> Organisation:
    if kind == "platform" and (there := queries.of_kind("platform")):
        return queries.load(there[0].id)
    return register_without_code(kind=kind, name=name, reason="public_body", actor=SYSTEM)
