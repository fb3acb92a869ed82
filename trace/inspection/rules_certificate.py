"""The promise-of-compliance certificate (pure): its two forms, its bases, and every reason why it may not be issued.

农产品质量安全承诺达标合格证管理办法 (农业农村部令2025年第4号, in force 2026-02-01).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import Unmet
from trace.inspection.rules import JUDGEMENTS, panel_gaps, pesticides_used
from trace.season.rules import ART_49, Ban, Interval, JournalEntry, banned, unmet_bans, unmet_intervals

FORMS = {"producer": "样式一，自己生产", "buyer": "样式二，收购"}
STATEMENTS = {
    "producer": "未使用禁用农药、兽药及其他化合物；使用的常规农药、兽药残留不超标。",
    "buyer": "已按规定收取并保存该批次农产品承诺达标合格证或者其他质量安全合格证明；未违规使用保鲜剂、防腐剂、添加剂等。",
}
BASES = {"control": "质量安全控制符合要求", "own_test": "自行检测合格", "commissioned_test": "委托检测合格"}
ORDER = "农产品质量安全承诺达标合格证管理办法"
ART_39 = "农产品质量安全法第三十九条"


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What decides on issuing a certificate for one lot."""

    form: str
    bases: Sequence[str]
    owns_lot: bool
    bought_in: bool
    lot_open: bool
    already: str
    lot_mass_g: int
    mass_g: int
    entries: Sequence[tuple[str, JournalEntry]] = ()
    bans: Sequence[Ban] = ()
    intervals: Sequence[Interval] = ()
    tests: Sequence[tuple[str, Sequence[tuple[str, str]]]] = ()
    telephone: str = ""
    place: str = ""


def unmet_certificate(facts: CertificateFacts) -> list[Unmet]:
    """Every reason why the certificate may not be issued now; empty means it may."""
    who = "本单位经办员"
    conditions = (
        (not facts.owns_lot, "owner", "合格证由批次的生产者或收购者开具。", ART_39, "请批次所属的单位开具。"),
        (bool(facts.already), "already", f"这批已经开过合格证 {facts.already}。", ORDER, "直接打印那一份；开错了先作废。"),
        (not facts.lot_open, "lot_state", "批次已封存或作废，不能再开合格证。", ORDER, "请在新批次封存前开具。"),
        (facts.form == "buyer" and not facts.bought_in, "form", "这批是自己生产的，要用样式一。", ORDER, "改选样式一。"),
        (not facts.bases, "basis", "承诺依据至少选一项。", ORDER, "按实际情况勾选。"),
        (
            not 0 < facts.mass_g <= facts.lot_mass_g, "quantity",
            f"合格证上的重量要大于 0，不能超过批次现在的 {facts.lot_mass_g / 1000:,.3f} kg。", ORDER, "按批次现在的重量开。",
        ),
        (
            not facts.telephone, "telephone", "合格证要写联系方式，本单位还没有填公开电话。", ORDER,
            "到资料与证照补上公开电话。",
        ),
        (not facts.place, "place", "这批没有连到地块，写不出产地。", ORDER, "从生产季采收入库，再装箱。"),
    )  # fmt: skip
    unmet = [
        Unmet(f"certificate.{rule}", message, article, advice, who)
        for broken, rule, message, article, advice in conditions
        if broken
    ]
    unmet += unmet_intervals(facts.intervals)
    for species, entry in facts.entries:
        if entry.kind == "input":
            unmet += unmet_bans(
                entry.input_name, entry.done_on, banned(entry.input_name, facts.bans, species=species, on=entry.done_on)
            )
    return unmet + _unmet_tests(facts, who)


def _unmet_tests(facts: CertificateFacts, who: str) -> list[Unmet]:
    unmet: list[Unmet] = []
    kinds = {"own_test": "own", "commissioned_test": "third_party"}
    for basis in facts.bases:
        kind = kinds.get(basis)
        if kind is None:
            continue
        reports = [results for k, results in facts.tests if k == kind]
        if not reports:
            unmet.append(
                Unmet(
                    "certificate.evidence",
                    f"勾了“{BASES[basis]}”，但没有对应的检测报告。",
                    ORDER,
                    "先登记检测报告，或改选别的依据。",
                    who,
                )
            )
            continue
        tested = [substance for results in reports for substance, _ in results]
        missing = panel_gaps(pesticides_used(e for _, e in facts.entries), tested)
        if missing:
            unmet.append(
                Unmet(
                    "certificate.tested_what_was_used",
                    f"用过的{'、'.join(missing)}没有检测。以检测为依据时，用什么药就要检什么药。",
                    ORDER, "补检这几项，或改选“质量安全控制符合要求”。", who,
                )
            )  # fmt: skip
    for _, results in facts.tests:
        for substance, judgement in results:
            if judgement in ("over", "banned_detected"):
                unmet.append(
                    Unmet(
                        "certificate.test_failed",
                        f"{substance}{JUDGEMENTS[judgement]}，不能开合格证。",
                        ART_49,
                        "这批不能上市，请联系县农业农村部门。",
                        who,
                    )
                )
    return unmet


def unmet_void(*, lot_state: str, number: str) -> list[Unmet]:
    """Every reason why a certificate may not be voided now; empty means it may."""
    if lot_state != "sealed":
        return []
    return [
        Unmet(
            "certificate.sealed",
            f"这批已封存，合格证 {number} 写进了签名的记录。",
            ORDER,
            "先撤回批次的记录，再作废合格证。",
            "本单位负责人",
        )
    ]
