"""Who may read the audit trail."""

from core.account.permissions import declare

READ = declare("core.record.read", "查看审计记录", roles=("auditor", "discipline", "sysadmin"))
