"""What makes an entry right, and the accounts of the three books (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.errors import Unmet


@dataclass(frozen=True, slots=True)
class Account:
    """An account, the side it grows on, and per which dimensions its balance may never fall below zero."""

    book: str
    code: str
    name: str
    side: str
    floor: bool = False
    floor_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One leg: exactly one of ``debit_fen`` and ``credit_fen`` is positive, the other 0."""

    account: str
    debit_fen: int = 0
    credit_fen: int = 0
    dims: Mapping[str, str] = field(default_factory=dict)


def debit(account: str, fen: int, **dims: str) -> Line:
    """A debit leg in 分."""
    return Line(account, debit_fen=fen, dims=dims)


def credit(account: str, fen: int, **dims: str) -> Line:
    """A credit leg in 分."""
    return Line(account, credit_fen=fen, dims=dims)


_G = (
    Account("G", "G1010", "可用指标（国库额度）", "dr", True, ()),
    Account("G", "G1210", "应收追回款", "dr", True, ("project",)),
    Account("G", "G2110", "应付承办主体，待拨", "cr", True, ("project",)),
    Account("G", "G2120", "应付承办主体，尾款预留", "cr", True, ("project",)),
    Account("G", "G2130", "应付承办主体，暂停拨付", "cr", True, ("project",)),
    Account("G", "G3010", "资金结存，未分配", "cr", True, ()),
    Account("G", "G3020", "资金结存，已分配项目", "cr", True, ("project",)),
    Account("G", "G3030", "追回待处理", "cr", True, ("project",)),
)
_U = (
    Account("U", "U1010", "专户存款，专项", "dr", True, ("project",)),
    Account("U", "U1020", "项目存款，自筹", "dr", True, ("project",)),
    Account("U", "U1210", "应收退回款", "dr", True, ("project",)),
    Account("U", "U1510", "项目资产", "dr"),
    Account("U", "U2110", "应付供应商", "cr", True, ("project",)),
    Account("U", "U2210", "应退财政款", "cr", True, ("project",)),
    Account("U", "U3010", "专项资金收入（专项应付）", "cr", True, ("project",)),
    Account("U", "U3020", "自筹投入", "cr", True, ("project",)),
    Account("U", "U5110", "场地改造", "dr"),
    Account("U", "U5120", "设备", "dr"),
    Account("U", "U5130", "平台软件", "dr"),
    Account("U", "U5210", "培训", "dr"),
    Account("U", "U5220", "品牌推广", "dr"),
    Account("U", "U5230", "物流共配", "dr"),
    Account("U", "U5240", "第三方服务", "dr"),
    Account("U", "U5290", "其他（要写说明）", "dr"),
)
_S = (
    Account("S", "S1010", "平台代收款", "dr", True, ()),
    Account("S", "S1110", "企业自收款", "dr"),
    Account("S", "S1210", "应收买家", "dr"),
    Account("S", "S1220", "应收企业（退款后追收）", "dr"),
    Account("S", "S2110", "应付企业", "cr"),
    Account("S", "S2120", "应付主播", "cr"),
    Account("S", "S2210", "预收货款", "cr"),
    Account("S", "S2220", "应退买家", "cr"),
    Account("S", "S4110", "成交额", "cr"),
    Account("S", "S4120", "退款", "dr"),
)
BOOKS: dict[str, str] = {"G": "县级专项资金", "U": "承办主体项目专账", "S": "商城结算"}
ACCOUNTS: dict[str, Account] = {a.code: a for a in (*_G, *_U, *_S)}


def faults(book: str, lines: Sequence[Line]) -> list[Unmet]:
    """Everything wrong with an entry: unknown accounts, zero or two-sided legs, fewer than two legs, no balance."""
    found: list[Unmet] = []
    for line in lines:
        account = ACCOUNTS.get(line.account)
        if account is None or account.book != book:
            found.append(Unmet("ledger.account", f"账簿 {book} 没有科目 {line.account}。"))
        sides = (line.debit_fen > 0, line.credit_fen > 0)
        if sides.count(True) != 1 or line.debit_fen < 0 or line.credit_fen < 0:
            found.append(Unmet("ledger.one_side", f"科目 {line.account} 的借方、贷方要恰好有一方大于 0。"))
        if account is not None:
            missing = [d for d in account.floor_by if not line.dims.get(d)]
            found += [Unmet("ledger.dimension", f"科目 {line.account} 缺少核算项 {d}。") for d in missing]
    if len(lines) < 2:
        found.append(Unmet("ledger.two_lines", "一笔分录至少有两行。"))
    total = sum(line.debit_fen - line.credit_fen for line in lines)
    if total:
        found.append(Unmet("ledger.balanced", f"借贷不平，相差 {abs(total)} 分。"))
    return found


def without_zero(lines: Sequence[Line]) -> list[Line]:
    """The legs that carry an amount: a claim of one 分 is all retention and has no payable leg."""
    return [line for line in lines if line.debit_fen or line.credit_fen]


def mirror(lines: Sequence[Line]) -> list[Line]:
    """The legs of the reversal: sides exchanged, everything else the same."""
    return [Line(line.account, line.credit_fen, line.debit_fen, line.dims) for line in lines]


def growth(account: Account, line: Line) -> int:
    """By how much the leg raises the balance of ``account`` on its own side."""
    net = line.debit_fen - line.credit_fen
    return net if account.side == "dr" else -net


def floors_touched(lines: Sequence[Line]) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """The guarded balances an entry lowers, each as (account, dimension pairs), sorted so that locks never cross."""
    touched = set()
    for line in lines:
        account = ACCOUNTS[line.account]
        if account.floor and growth(account, line) < 0:
            touched.add((account.code, tuple((d, line.dims[d]) for d in account.floor_by)))
    return sorted(touched)
