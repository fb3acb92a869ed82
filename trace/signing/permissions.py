"""Who may seal, and who may hold keys."""

from core.account.permissions import declare

SEAL = declare("trace.signing.seal", "封存记录、补充、更正、撤回", roles=("owner",))
KEYS = declare("trace.signing.keys", "新建、轮换、吊销签名密钥", roles=("owner", "brand_decider"))
