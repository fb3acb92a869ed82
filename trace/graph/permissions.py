"""Who may trace lots: an enterprise its own, the inspection all."""

from core.account.permissions import declare

VIEW = declare("trace.graph.view", "查看本单位批次的来龙去脉", roles=("owner", "operator"))
OVERSEE = declare("trace.graph.oversee", "查看全县批次的来龙去脉", roles=("commerce_clerk", "commerce_inspector"))
