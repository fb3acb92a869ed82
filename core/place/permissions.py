"""Who may see and keep places."""

from core.account.permissions import declare

VIEW = declare("core.place.view", "查看本单位地块和场所", roles=("owner", "operator"))
EDIT = declare("core.place.edit", "登记和修改地块、场所", roles=("owner", "operator"))
