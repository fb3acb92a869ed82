"""Who may see events and make tokens."""

from core.account.permissions import declare

VIEW = declare("trace.event.view", "查看本单位的事件", roles=("owner", "operator"))
TOKENS = declare("trace.event.tokens", "管理接口令牌和订阅", roles=("owner",))
OVERSEE = declare("trace.event.oversee", "查看全县的事件", roles=("commerce_clerk", "commerce_inspector"))
