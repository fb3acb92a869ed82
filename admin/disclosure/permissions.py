"""Who may draft, approve and answer (town-rules B11)."""

from admin.project.permissions import OFFICE
from core.account.permissions import declare

VIEW = declare("admin.disclosure.view", "查看公开事项", OFFICE)
DRAFT = declare("admin.disclosure.draft", "起草公开稿", ("commerce_clerk", "office_clerk"))
APPROVE = declare("admin.disclosure.approve", "审核发布公开稿", ("commerce_clerk", "office_clerk", "office_head"))
ANSWER = declare("admin.disclosure.answer", "书面答复意见和异议", ("commerce_clerk", "office_head"))
