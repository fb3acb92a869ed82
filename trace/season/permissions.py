"""Who may see seasons and write the journal."""

from core.account.permissions import declare

VIEW = declare("trace.season.view", "查看本单位生产季和生产记录", roles=("owner", "operator"))
WRITE = declare("trace.season.write", "记生产记录", roles=("owner", "operator"))
FORGET = declare("trace.season.forget", "删除到期归档的生产记录", roles=("owner",))
