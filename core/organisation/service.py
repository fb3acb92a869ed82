"""The identity rows of organisations are written here only (by workflow effects, office clerks and owners)."""

from __future__ import annotations

import secrets
from datetime import date
from typing import BinaryIO

from core import clock, identifiers
from core.account.actor import Actor
from core.db import db, lock
from core.errors import BadInput, Denied, NotFound, RuleBroken
from core.file.service import store
from core.organisation import mandates, permissions, queries, rules
from core.organisation.errors import CodeTaken
from core.organisation.models import KINDS, Organisation
from core.record.service import record


def register_organisation(
    *,
    kind: str,
    name: str,
    code: str,
    actor: Actor,
    short_name: str = "",
    town: str = "",
    address: str = "",
    public_phone: str = "",
    introduction: str = "",
    registered_on: date | None = None,
) -> Organisation:
    """Afterwards an active organisation with a checked 统一社会信用代码 exists; CodeTaken where the code is known."""
    if kind not in KINDS:
        raise BadInput("没有这种单位类型。", code="organisation.kind", field="kind")
    name = identifiers.normalise_text(name)
    if unmet := rules.name_faults(name):
        raise RuleBroken(unmet=unmet)
    checked = identifiers.check_uscc(code)
    if queries.find_by_code(checked) is not None:
        raise CodeTaken()
    organisation = Organisation(
        kind=kind,
        name=name,
        code=checked,
        code_kind="uscc",
        short_name=identifiers.normalise_text(short_name) or name[: rules.SHORT_LIMIT],
        name_pinyin=rules.sort_key(name),
        search_keys=rules.search_keys(name, identifiers.normalise_text(short_name)),
        town=identifiers.normalise_text(town),
        address=identifiers.normalise_text(address),
        public_phone=identifiers.check_telephone(public_phone, "public_phone") if public_phone else "",
        introduction=identifiers.normalise_text(introduction, multiline=True),
        registered_on=registered_on,
    )
    return _add(organisation, actor)


def register_without_code(
    *, kind: str, name: str, reason: str, actor: Actor, town: str = "", introduced_by_id: int | None = None
) -> Organisation:
    """Afterwards a grower, host or public body exists under a fresh party code, with the reason on its row."""
    name = identifiers.normalise_text(name)
    unmet = rules.name_faults(name) + rules.reason_faults(kind, reason)
    if unmet:
        raise RuleBroken(unmet=unmet)
    organisation = Organisation(
        kind=kind,
        name=name,
        code=new_party_code(rules.PREFIX_OF_KIND[kind]),
        code_kind="party",
        no_uscc_reason=rules.REASONS_WITHOUT_CODE[reason],
        short_name=name[: rules.SHORT_LIMIT],
        name_pinyin=rules.sort_key(name),
        search_keys=rules.search_keys(name),
        town=identifiers.normalise_text(town),
        introduced_by_id=introduced_by_id,
    )
    return _add(organisation, actor)


def register_grower(
    *,
    name: str,
    reason: str,
    actor: Actor,
    town: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Organisation:
    """Afterwards a grower stands under the actor's enterprise, with a mandate from ``valid_from`` (today) on."""
    if not actor.can(permissions.GROWERS):
        raise Denied("登记种植户由合作社、企业或e镇办经办人办理。", help="请换一个身份办理。")
    introduced = actor.organisation_id if actor.organisation_kind == "enterprise" else None
    grower = register_without_code(
        kind="grower", name=name, reason=reason, actor=actor, town=town, introduced_by_id=introduced
    )
    if introduced is not None:
        mandates.give(
            keeper_id=introduced, grower_id=grower.id, valid_from=valid_from or clock.today(), valid_to=valid_to,
            given_by="keeper", actor=actor,
        )  # fmt: skip
    return grower


def new_party_code(prefix: str) -> str:
    """A party code nobody has yet (ten random characters: 8 x 10^14 of them)."""
    while True:
        code = identifiers.party_code(prefix, "".join(secrets.choice(identifiers.USCC_ALPHABET) for _ in range(10)))
        if queries.find_by_code(code) is None:
            return code


def edit_profile(
    organisation: Organisation,
    actor: Actor,
    *,
    short_name: str,
    town: str,
    address: str,
    public_phone: str,
    introduction: str,
    licence_url: str = "",
) -> Organisation:
    """Afterwards the public profile is changed; name and code change by an application of their own (``changes``)."""
    if organisation.id != actor.organisation_id:
        raise NotFound("没有找到这个单位。", help="请从菜单重新进入。")
    if not actor.can(permissions.EDIT):
        raise Denied("单位资料由企业负责人修改。", help="请负责人登录后修改。")
    organisation.short_name = identifiers.normalise_text(short_name) or organisation.name[: rules.SHORT_LIMIT]
    organisation.town = identifiers.normalise_text(town)
    organisation.address = identifiers.normalise_text(address)
    organisation.public_phone = identifiers.check_telephone(public_phone, "public_phone") if public_phone else ""
    organisation.introduction = identifiers.normalise_text(introduction, multiline=True)
    if identifiers.looks_like_resident_id(organisation.introduction):
        raise BadInput("简介里像是有身份证号，请删去。", code="organisation.resident_id", field="introduction")
    organisation.search_keys = rules.search_keys(organisation.name, organisation.short_name)
    organisation.licence_url = licence_url.strip()
    if unmet := rules.link_faults(organisation.licence_url):
        raise BadInput(unmet[0].message, code=unmet[0].rule, field="licence_url", help=unmet[0].help)
    record("organisation.profile_edited", organisation, actor)
    db.session.flush()  # so that a database refusal is told on this form
    return organisation


def show_licence(organisation: Organisation, actor: Actor, stream: BinaryIO | bytes, filename: str) -> None:
    """Afterwards the picture of the business licence stands on the public page (电子商务法 article 15)."""
    if organisation.id != actor.organisation_id or not actor.can(permissions.EDIT):
        raise Denied("营业执照由企业负责人公示。", help="请负责人登录后办理。")
    file = store(stream, filename, kind="picture", owner_organisation_id=organisation.id, actor=actor, public=True)
    organisation.licence_file_id = file.id
    record("organisation.licence_shown", organisation, actor, sha256=file.sha256)
    db.session.flush()


def note_check(organisation_id: int, actor: Actor, *, licence_until: date | None) -> None:
    """Afterwards the registration counts as checked today against its papers (电子商务法 article 27)."""
    organisation = queries.load(organisation_id)
    lock(organisation)
    organisation.verified_on, organisation.licence_until = clock.today(), licence_until
    record("organisation.checked", organisation, actor, licence_until=licence_until)


def _add(organisation: Organisation, actor: Actor) -> Organisation:
    db.session.add(organisation)
    db.session.flush()  # the id is needed by memberships, and a race on the code is told here
    record("organisation.registered", organisation, actor, code=organisation.code, kind=organisation.kind)
    return organisation
