"""Who packs and ships."""

from core.account.permissions import declare

PACK = declare("trace.aggregation.pack", "装箱和发货", roles=("owner", "operator"))
NUMBERING = declare("trace.aggregation.numbering", "设置箱号", roles=("owner",))
