"""Who may see stores and readings, book lots in and out, register loggers and set limits."""

from core.account.permissions import declare

VIEW = declare("trace.storage.view", "查看本单位冷库和温湿度", roles=("owner", "operator"))
BOOK = declare("trace.storage.book", "出入库、导入温湿度", roles=("owner", "operator"))
SETUP = declare("trace.storage.setup", "登记记录仪、设定库温要求", roles=("owner",))
