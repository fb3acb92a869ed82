"""Who may read messages, handle cases and see outgoing mail."""

from core.account.permissions import declare
from core.notice import rules

READ = declare("core.notice.read", "阅读消息", roles=("person",))
HANDLE = declare(rules.HANDLE, "办理来件", roles=("office_clerk", "office_head", "brand_clerk"))
OUTGOING = declare("core.notice.outgoing", "查看发出的短信和邮件", roles=("sysadmin",))
