"""Who may see, send and receive shipments."""

from core.account.permissions import declare

VIEW = declare("trace.movement.view", "查看本单位收发货", roles=("owner", "operator"))
SEND = declare("trace.movement.send", "发货、撤销发货", roles=("owner", "operator"))
RECEIVE = declare("trace.movement.receive", "收货、登记外购", roles=("owner", "operator"))
