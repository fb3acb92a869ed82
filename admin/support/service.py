"""Policies are published; claims computed, sent, decided, publicised and put on the payment list once.  Nothing commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, BinaryIO

from admin.disclosure import queries as disclosure
from admin.disclosure import rules as disclosure_rules
from admin.disclosure import service as disclosure_service
from admin.enterprise import queries as entries
from admin.information import queries as information
from admin.lease import queries as leases
from admin.support import queries, rules
from admin.support.errors import ClaimNotFound
from admin.support.models import Claim, Payment, PolicyVersion
from admin.support.rules import SUPPORT, ClaimFacts, Entitlement, Facts, Rule
from core import clock, numbers
from core.account.actor import SYSTEM, Actor
from core.db import db, lock
from core.errors import BadInput, Conflict, Denied, RuleBroken, Unmet
from core.file.service import store
from core.identifiers import normalise_text
from core.money import yuan_grouped as yuan
from core.notice.service import send, send_to_desk
from core.organisation import queries as organisations
from core.record.service import record
from core.ui.filters import day_cn
from core.workflow.engine import MoveContext, fire
from core.workflow.table import Move


def publish(actor: Actor, *, rule: Rule, title: str, document: str, from_on: date, until_on: date) -> PolicyVersion:
    """Afterwards a new version of the kind is in force for its time; it is never changed again."""
    if not actor.can(rules.PUBLISH):
        raise Denied("扶持政策由e镇办公室主任发布。", help="请换一个身份办理。")
    title, document = normalise_text(title), normalise_text(document)
    unmet = rules.rule_faults(rule)
    earlier = queries.versions(rule.kind) if rule.kind in rules.KINDS else []
    unmet += rules.faults_of_period([(v.from_on, v.until_on) for v in earlier], from_on, until_on)
    if not 2 <= len(title) <= 60 or not 2 <= len(document) <= 120:
        unmet.append(Unmet("FC-10", "写明政策名称和文件名称、文号。", help="名称 2 到 60 字，文件 2 到 120 字。"))
    if unmet:
        raise RuleBroken(unmet=unmet)
    version = PolicyVersion(
        kind=rule.kind, number=1 + max((v.number for v in earlier), default=0), title=title, document=document,
        from_on=from_on, until_on=until_on, rule=rules.as_data(rule), published_at=clock.now(), published_by_id=actor.user_id,
    )  # fmt: skip
    db.session.add(version)
    db.session.flush()  # two published at once: the second is told
    record("support.published", version, actor, kind=rule.kind, number=version.number)
    return version


def entitlement(
    version: PolicyVersion, organisation_id: int, start: date, end: date, stated: int | None, *, claim_id: int | None = None
) -> Entitlement:  # fmt: skip
    """What the organisation is entitled to now; rent is taken from its leases, never from what it states."""
    application = entries.application_of(organisation_id)
    rent, any_let = leases.rent_due(organisation_id, start, end)
    confirmed = any(information.confirmed(organisation_id, year) for year in {end.year, clock.today().year})
    return rules.compute(
        rules.from_data(version.rule),
        Facts(
            amount=rent if version.kind == "rent" else stated,
            state=application.state if application is not None else "left",
            active=organisations.get_organisation(organisation_id).is_active,
            has_lease=any_let,
            confirmed=confirmed,
            taken=queries.taken(organisation_id, version.kind, start, end, apart_from=claim_id),
            period_over=end < clock.today(),
        ),
    )


def open_claim(
    version: PolicyVersion, actor: Actor, *, period: tuple[date, date], stated: int | None = None,
    file: tuple[BinaryIO | bytes, str] | None = None,
) -> Claim:  # fmt: skip
    """Afterwards a draft with its computation stands; one live claim of a kind for a day (R87)."""
    organisation_id = actor.organisation_id
    if organisation_id is None or not actor.can(rules.CLAIM):
        raise Denied("扶持由企业负责人申领。", help="请换成本单位负责人的身份。")
    start, end = period
    if not (version.from_on <= start and end <= version.until_on):
        raise BadInput(
            "这个期间不在政策有效期内。",
            code="support.period",
            field="quarter",
            help=f"有效期 {day_cn(version.from_on)}至{day_cn(version.until_on)}。",
        )
    if double := queries.taken(organisation_id, version.kind, start, end):
        raise Conflict(
            f"同一期间已享受{double}。", code="support.double", field="quarter", help="换一个期间，或申领别的政策。"
        )
    year = clock.today().year
    claim = Claim(
        claim_no=f"FC-{year}-{numbers.gap_free('support', year):04d}", organisation_id=organisation_id, version_id=version.id,
        kind=version.kind, period_from=start, period_to=end,
    )  # fmt: skip
    db.session.add(claim)
    db.session.flush()  # a double claim is told here
    record("support.claim_opened", claim, actor, kind=claim.kind)
    fill_in(claim, actor, stated=stated, file=file)
    return claim


def fill_in(
    claim: Claim, actor: Actor, *, stated: int | None, file: tuple[BinaryIO | bytes, str] | None = None
) -> Entitlement:
    """Afterwards the figure, its paper and the amount computed from it stand on the draft."""
    if claim.organisation_id != actor.organisation_id or not actor.can(rules.CLAIM):
        raise ClaimNotFound()
    lock(claim)
    if claim.state not in ("draft", "returned"):
        raise Conflict("申领已经提交，内容不能改。", code="support.not_editable", help="等经办人退回补正以后再改。")
    if stated is not None and not 0 <= stated <= rules.MOST_FEN:
        raise BadInput("数字不能是负数，也不能超过 100 亿元。", code="support.stated", field="stated")
    claim.stated = stated
    if file is not None:
        stream, filename = file
        data = stream if isinstance(stream, bytes) else stream.read()
        kind = "document" if data.startswith(b"%PDF") else "picture"
        claim.file_id = store(data, filename, kind=kind, owner_organisation_id=claim.organisation_id, actor=actor).id
    found = _compute(claim)
    claim.amount_fen, claim.lines = found.fen, [[line.text, line.fen] for line in found.lines]
    claim.version += 1
    record("support.claim_filled", claim, actor, amount_fen=found.fen)
    db.session.flush()
    return found


def _compute(claim: Claim) -> Entitlement:
    version = queries.get_version(claim.version_id)
    return entitlement(
        version, claim.organisation_id, claim.period_from, claim.period_to, claim.stated, claim_id=claim.id
    )


def load_facts(claim: Claim, move: Move, _actor: Actor, _now: datetime, _payload: Mapping[str, Any]) -> ClaimFacts:
    """What the guards decide on: the entitlement as of now, the papers, the publicity."""
    publicity: tuple[Unmet, ...] = ()
    if move.key == "send":
        found = disclosure.publicity_of(Claim.__tablename__, claim.id)
        publicity = tuple(disclosure_rules.publicity_unmet(found[1] if found else None, clock.today()))
    return ClaimFacts(
        entitlement=_compute(claim),
        claimed_fen=claim.amount_fen,
        has_evidence=claim.file_id is not None or claim.kind == "rent",
        publicity=publicity,
    )


def move(claim: Claim, key: str, actor: Actor, reason: str = "") -> None:
    """Fire a move; the engine checks who may and lists everything unmet."""
    if not queries.visible(claim, actor):
        raise ClaimNotFound()
    fire(SUPPORT, claim, key, actor, reason=reason)


def on_submitted(claim: Claim, _ctx: MoveContext) -> None:
    """Effect: the desk is told."""
    name = organisations.get_organisation(claim.organisation_id).name
    send_to_desk("office", title=f"扶持申领 {claim.claim_no}：{name}", link=f"/support/claims/{claim.public_id}")


def on_answered(claim: Claim, ctx: MoveContext) -> None:
    """Effect of a return or a refusal: the claimant is told; a publicity under way is withdrawn."""
    if ctx.from_state == "publicity" and (found := disclosure.publicity_of(Claim.__tablename__, claim.id)):
        item = found[0]
        if item.state == "published":
            fire(disclosure_rules.ITEM, item, "withdraw", SYSTEM, reason=f"不予扶持：{ctx.reason}")
    title = "扶持申领请补正" if ctx.move.key == "return" else "扶持申领不予办理"
    _tell(claim, f"{title}：{claim.claim_no}", ctx.reason)


def on_decided(claim: Claim, _ctx: MoveContext) -> None:
    """Effect: the text of the publicity is drafted with the computation; another person publishes it in the column."""
    version = queries.get_version(claim.version_id)
    organisation = organisations.get_organisation(claim.organisation_id)
    lines = "\n".join(f"{text}：{yuan(fen)} 元" if fen is not None else text for text, fen in claim.lines)
    body = (
        f"{organisation.name}（{organisation.code}）申领{version.title}（第 {version.number} 版），"
        f"期间 {day_cn(claim.period_from)}至{day_cn(claim.period_to)}。\n依据：{version.document}。\n"
        f"{lines}\n拟扶持金额 {yuan(claim.amount_fen)} 元。"
        "对以上内容有异议的，请在公示期内提出。"
    )
    days = queries.publicity_days(clock.today())
    disclosure_service.draft(
        "publicity",
        f"扶持公示：{organisation.name}，{version.title}",
        body,
        SYSTEM,
        subject=claim,
        days=days,
    )
    _tell(claim, f"扶持申领已审定：{claim.claim_no}", f"公示 {days} 个工作日，无异议后转拨付清单。")


def on_sent(claim: Claim, ctx: MoveContext) -> None:
    """Effect: the claim stands on the payment list, once for ever."""
    year = clock.local(ctx.now).year
    db.session.add(
        Payment(
            claim_id=claim.id, list_no=f"BF-{year}-{numbers.gap_free('support_payment', year):04d}",
            organisation_id=claim.organisation_id, amount_fen=claim.amount_fen, sent_at=ctx.now, sent_by_id=ctx.actor.user_id,
        )
    )  # fmt: skip
    db.session.flush()
    _tell(claim, f"已转拨付清单：{claim.claim_no}", f"金额 {yuan(claim.amount_fen)} 元，由县财政局按清单拨付。")


def _tell(claim: Claim, title: str, body: str) -> None:
    link = f"/support/claims/{claim.public_id}"
    send(title=title, body=body, link=link, to_organisation_id=claim.organisation_id)


EFFECTS = {
    "submit": on_submitted,
    "return": on_answered,
    "refuse": on_answered,
    "decide": on_decided,
    "send": on_sent,
}
