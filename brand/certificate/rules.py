"""Whether a mark may be shown, and the way of a certificate from paper to confirmed (pure).

农产品质量安全法 art. 42 forbids misuse of marks; the classes of misuse are 冒用, 超范围, 超期, 超量, 变造, 无码.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from brand.certificate.rules_policy import CertificateTerms
from core.errors import Unmet
from core.workflow.table import Move, State, Workflow

ART_42 = "农产品质量安全法第四十二条"
EDIT, CONFIRM, VIEW = (f"brand.certificate.{v}" for v in ("edit", "confirm", "view"))
SOON = timedelta(days=90)  # from here on a chip counts the days; it decides nothing


@dataclass(frozen=True, slots=True)
class Kind:
    """What is particular to a kind of certificate."""

    label: str
    register: str
    marked: bool = True
    long_term: bool = False
    plots: bool = False
    quantity: bool = False


KINDS = {
    "green": Kind("绿色食品", "中国绿色食品发展中心", plots=True, quantity=True),
    "organic": Kind("有机产品", "中国食品农产品认证信息系统", plots=True, quantity=True),
    "agri_gi": Kind("农产品地理标志", "农产品地理标志登记机关", long_term=True, plots=True),
    "gi_mark": Kind("地理标志专用标志", "国家知识产权局", long_term=True, plots=True, quantity=True),
    "sc": Kind("食品生产许可（SC）", "市场监督管理部门的食品生产许可查询"),
    "other": Kind("其他认证", "发证机构的查询平台", marked=False, long_term=True),
}
ROUTES = {
    "pgi": "公告批准使用地理标志产品专用标志的生产者",
    "collective": "地理标志集体商标注册人的集体成员",
    "certification": "经公告备案的地理标志证明商标使用人",
    "other": "国家知识产权局登记备案的其他使用人",
}
MISUSE = {
    "impostor": "冒用",
    "beyond_scope": "超范围",
    "expired": "超期",
    "over_quantity": "超量",
    "altered": "变造图形",
    "no_code": "无码",
}
OUTCOMES = {"matches": "与登记一致", "differs": "与登记不一致", "not_found": "没有查到"}


@dataclass(frozen=True, slots=True)
class Product:
    """One product of a certificate: variety × form; grams a year (None: the paper sets none) and grams used this year."""

    id: int
    variety: str
    form: str
    yearly_grams: int | None = None
    used_grams: int = 0


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as the decision needs it; ``printed_code`` is what must stand beside the mark ('' = missing)."""

    id: int
    kind: str
    number: str
    organisation_id: int
    state: str
    valid_from: date
    valid_until: date | None
    products: tuple[Product, ...]
    plots: frozenset[int] = frozenset()
    printed_code: str = ""
    in_conversion: bool = False

    @property
    def label(self) -> str:
        return KINDS[self.kind].label

    def product(self, variety: str, form: str) -> Product | None:
        """The row of the scope this product falls under."""
        return next((p for p in self.products if (p.variety, p.form) == (variety, form)), None)


@dataclass(frozen=True, slots=True)
class Use:
    """Where a mark would stand: whose product, on which day, made when, from which plots, how many grams.

    ``plots`` None: not asked here (a listing names no plots).  ``booked``: certificates this lot already counts under.
    """

    organisation_id: int
    on: date
    variety: str
    form: str
    made_on: date | None = None
    plots: frozenset[int] | None = None
    grams: int = 0
    booked: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """``shown``, or the class of misuse showing it would be, with every reason."""

    kind: str
    shown: bool
    misuse: str = ""
    certificate: Certificate | None = None
    reasons: tuple[Unmet, ...] = ()


@dataclass(frozen=True, slots=True)
class _Fault:
    misuse: str
    unmet: Unmet


def decide(kind: str, certificates: Iterable[Certificate], use: Use) -> Decision:
    """Whether the mark of ``kind`` may be shown: confirmed, in term, and covering firm, product, plots and quantity.

    Of several certificates one that allows it is enough; otherwise the one that comes closest says why not, and one that
    is over before one that was never in force: whoever waits for a renewal is late (超期), not an impostor (冒用).
    """
    judged = [(c, _faults(c, use)) for c in certificates if c.kind == kind]
    if not judged:
        label = KINDS[kind].label
        missing = Unmet(
            "certificate.none", f"没有登记“{label}”证书，不能展示。", ART_42,
            "有证书的先到“证书与标志”登记，核对后才能展示；没有的请删去。", "本单位负责人",
        )  # fmt: skip
        return Decision(kind, False, "impostor", None, (missing,))
    best, faults = min(judged, key=lambda pair: (*_distance(pair[1]), -pair[0].valid_from.toordinal(), pair[0].id))
    if not faults:
        return Decision(kind, True, "", best)
    return Decision(kind, False, faults[0].misuse, best, tuple(f.unmet for f in faults))


def _distance(faults: Sequence[_Fault]) -> tuple[int, bool]:
    return len(faults), bool(faults) and faults[0].misuse != "expired"


def _faults(c: Certificate, use: Use) -> list[_Fault]:
    return [*_standing(c, use), *_scope(c, use), *_amount(c, use)]


def _fault(misuse: str, rule: str, message: str, help: str, who: str = "本单位负责人") -> _Fault:
    return _Fault(misuse, Unmet(f"certificate.{rule}", message, ART_42, help, who))


def _standing(c: Certificate, use: Use) -> list[_Fault]:
    """Confirmed, and in term today."""
    out = []
    if c.state in ("suspended", "revoked"):
        word = "暂停使用" if c.state == "suspended" else "失效"
        out.append(_fault("impostor", c.state, f"“{c.label}”证书已{word}，不能展示。", "停止使用，把标志撤下。"))
    elif c.state != "confirmed":
        out.append(
            _fault("impostor", "unconfirmed", f"“{c.label}”证书还没有经品牌办公室核对，不能展示。", "等核对以后再用。")
        )
    if use.on < c.valid_from:
        out.append(
            _fault("impostor", "not_yet", f"“{c.label}”证书从 {c.valid_from} 起有效，现在不能展示。", "到日子再用。")
        )
    if c.valid_until is not None and use.on > c.valid_until:
        out.append(
            _fault(
                "expired",
                "expired",
                f"“{c.label}”证书已于 {c.valid_until} 过期，不能展示。",
                "续期核对后再用，先撤下。",
            )
        )
    return out


def _scope(c: Certificate, use: Use) -> list[_Fault]:
    """Firm, product, plots, the day the product was made, the code the mark must carry."""
    out = []
    if c.organisation_id != use.organisation_id:
        out.append(_fault("beyond_scope", "firm", f"“{c.label}”证书是另一家单位的，不能展示。", "只用本单位的证书。"))
    if c.in_conversion:
        out.append(
            _fault("beyond_scope", "conversion", "转换期的产品不能当作有机产品展示。", "转换期满、换发证书以后再用。")
        )
    if c.product(use.variety, use.form) is None:
        out.append(
            _fault("beyond_scope", "product", f"“{c.label}”证书未覆盖该产品，不能展示。", "只在证书列明的产品上用。")
        )
    if use.plots is not None and KINDS[c.kind].plots and (not use.plots or not use.plots <= c.plots):
        out.append(
            _fault("beyond_scope", "plots", f"有地块不在“{c.label}”证书的范围里，不能展示。", "证书外的地块单独成批。")
        )
    if use.made_on is not None and use.made_on < c.valid_from:
        out.append(
            _fault("beyond_scope", "made_before", f"这批是“{c.label}”证书生效以前生产的，不能展示。", "不用这个标志。")
        )
    if use.made_on is not None and c.valid_until is not None and use.made_on > c.valid_until:
        out.append(
            _fault("expired", "made_after", f"这批是“{c.label}”证书到期以后生产的，不能展示。", "续期以后的批次再用。")
        )
    if c.kind in ("green", "gi_mark") and not c.printed_code:
        what = "企业信息码" if c.kind == "green" else "使用人的统一社会信用代码"
        out.append(_fault("no_code", "code", f"“{c.label}”要印{what}，现在没有，不能展示。", f"先补登{what}。"))
    return out


def _amount(c: Certificate, use: Use) -> list[_Fault]:
    """What is left of the yearly quantity; a lot that already counts is not counted again."""
    row = c.product(use.variety, use.form)
    if row is None or row.yearly_grams is None or c.id in use.booked:
        return []
    left = row.yearly_grams - row.used_grams
    if left >= max(use.grams, 1):
        return []
    said = f"今年只剩 {kilograms(max(left, 0))}" if use.grams else "今年的数量已经用完"
    need = f"，这批要 {kilograms(use.grams)}" if use.grams else ""
    return [
        _fault(
            "over_quantity", "quantity", f"“{c.label}”{said}{need}，不能展示。", "用完的数量到下一年度再算，或办增项。"
        )
    ]


def kilograms(grams: int) -> str:
    """Grams in kg without needless zeros."""
    return f"{grams / 1000:,.3f}".rstrip("0").rstrip(".") + " kg"


def quantity_year(valid_from: date, on: date) -> date:
    """The first day of the certificate's own year that ``on`` lies in: years run from its first day."""
    start = _anniversary(valid_from, on.year)
    return start if start <= on else _anniversary(valid_from, on.year - 1)


def _anniversary(day: date, year: int) -> date:
    if (day.month, day.day) == (2, 29):
        return date(year, 3, 1) if not _leap(year) else date(year, 2, 29)
    return date(year, day.month, day.day)


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def mark_line(kind: str, number: str, printed_code: str) -> str:
    """The mark in words with the code that must stand beside it; the official drawings are not ours to redraw."""
    label = "食品生产许可" if kind == "sc" else KINDS[kind].label
    return f"{label} {printed_code or number}"


def reminder_due(valid_until: date, today: date, sent: Sequence[int], steps: Sequence[int]) -> int | None:
    """Which of the reminders (``steps`` days before the end) is due now and not sent; only the nearest, never a past end."""
    left = (valid_until - today).days
    due = [days for days in steps if 0 <= left <= days]
    return min(due) if due and min(due) not in sent else None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a certificate stands today, in words and the tone of its chip."""

    key: str
    label: str
    tone: str


def standing(state: str, first: date, last: date | None, today: date) -> Standing:
    """State and date together: a confirmed certificate past its last day reads 已到期 at once."""
    if state == "confirmed":
        if today < first:
            return Standing("not_yet", f"{first} 起有效", "todo")
        if last is not None and today > last:
            return Standing("expired", "已到期", "bad")
        if last is not None and last - today <= SOON:
            return Standing("soon", f"还剩 {(last - today).days} 天", "todo")
        return Standing("live", "已核对，有效", "ok")
    return Standing(state, CERTIFICATE.label_of(state), CERTIFICATE.state(state).tone)


# --- the workflow -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """One look-up in the official register."""

    checked_on: date
    outcome: str
    after_submission: bool = True


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What the guards decide on."""

    today: date
    kind: str
    has_scan: bool = True
    products: tuple[Product, ...] = ()
    plots: int = 0
    printed_code: str = ""
    organisation_has_uscc: bool = True
    organisation_active: bool = True
    checks: tuple[CheckFacts, ...] = field(default=())
    valid_until: date | None = None
    terms: CertificateTerms = field(default_factory=CertificateTerms)


def complete(facts: CertificateFacts) -> list[Unmet]:
    """Everything that is missing before the brand office can compare the paper with the register."""
    kind, out = KINDS[facts.kind], []

    def lacks(rule: str, message: str, help: str) -> None:
        out.append(Unmet(f"certificate.{rule}", message, help=help, who="本单位经办员"))

    if not facts.organisation_active:
        lacks("inactive", "本单位还没有入驻，或已停用。", "先办好入驻；已停用的，请联系 e 镇办公室恢复。")
    if not facts.has_scan:
        lacks("scan", "还没有证书的照片或 PDF。", "拍清四个角，连附件页一起传。")
    if not facts.products:
        lacks("products", "还没有写证书覆盖哪些产品。", "照证书逐项加上。")
    if kind.quantity and any(p.yearly_grams is None for p in facts.products):
        lacks("quantities", "有产品没有写全年数量。", "照证书附件填，单位公斤。")
    if kind.plots and not facts.plots:
        lacks("no_plots", "还没有选证书覆盖的地块。", "先到“地块与场所”登记，再回来勾选。")
    if facts.kind == "green" and not facts.printed_code:
        lacks("company_code", "还没有填企业信息码，包装上要印它。", "在证书上找 GF 开头的 14 位。")
    if facts.kind == "gi_mark" and not facts.organisation_has_uscc:
        lacks("uscc", "专用标志上要印使用人的统一社会信用代码，本单位没有。", "由有统一社会信用代码的单位申请使用。")
    if facts.valid_until is not None and facts.valid_until < facts.today:
        lacks("over", "这张证书已经到期。", "登记续期后的新证书。")
    return out


def looked_up(facts: CertificateFacts) -> list[Unmet]:
    """A person has looked the certificate up in the official register lately, and found it as stated."""
    register = KINDS[facts.kind].register
    after = [c for c in facts.checks if c.after_submission]
    if not after:
        return [
            Unmet(
                "certificate.no_check", "还没有到官方登记处核对。", help=f"到“{register}”查询，把日期和结果记下来。",
                who="品牌办经办",
            )
        ]  # fmt: skip
    last = after[-1]
    if last.outcome != "matches":
        said = f"最近一次核对的结果是“{OUTCOMES[last.outcome]}”，不能确认。"
        return [Unmet("certificate.check_failed", said, help="退回补正，写明哪里不一致。", who="品牌办经办")]
    if facts.today - last.checked_on > timedelta(days=facts.terms.check_days):
        said = f"最近一次核对在 {last.checked_on}，超过 {facts.terms.check_days} 天。"
        return [Unmet("certificate.check_old", said, help="再查一次，记下今天的结果。", who="品牌办经办")]
    return []


CERTIFICATE = Workflow(
    key="brand.certificate",
    label="证书与标志",
    article=ART_42,
    states=[
        State("draft", "还没有提交", "todo"),
        State("submitted", "待核对", "busy"),
        State("returned", "请补正", "todo"),
        State("confirmed", "已核对", "ok"),
        State("suspended", "暂停使用", "bad"),
        State("revoked", "已失效", "none", final=True),
    ],
    initial="draft",
    moves=[
        Move(
            "submit", "提交核对", ["draft", "returned"], "submitted", EDIT, by="owner", guards=[complete], who="经办员"
        ),
        Move("take_back", "取回修改", ["submitted"], "draft", EDIT, by="owner", who="经办员"),
        Move("confirm", "确认", ["submitted"], "confirmed", CONFIRM, guards=[complete, looked_up], who="品牌办"),
        Move("return", "退回补正", ["submitted"], "returned", CONFIRM, reason=True, who="品牌办"),
        Move("suspend", "暂停使用", ["confirmed"], "suspended", CONFIRM, reason=True, who="品牌办"),
        Move("resume", "恢复使用", ["suspended"], "confirmed", CONFIRM, guards=[looked_up], who="品牌办"),
        Move(
            "revoke",
            "登记失效",
            ["confirmed", "suspended"],
            "revoked",
            CONFIRM,
            reason=True,
            irreversible=True,
            who="品牌办",
        ),
    ],
)
