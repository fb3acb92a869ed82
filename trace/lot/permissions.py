"""Who may see, make and seal lots, and who may stop their sale."""

from core.account.permissions import declare

VIEW = declare("trace.lot.view", "查看本单位批次", roles=("owner", "operator"))
MAKE = declare("trace.lot.make", "入库、装箱、记损耗、作废批次", roles=("owner", "operator"))
SEAL = declare("trace.lot.seal", "封存批次", roles=("owner",))
OVERSEE = declare("trace.lot.oversee", "查看全县批次", roles=("commerce_clerk", "commerce_inspector"))
HOLD = declare("trace.lot.hold", "停售和恢复批次", roles=("commerce_clerk", "commerce_inspector"))
