"""What becomes of keys and DIDs when an organisation changes (``core.hooks.organisation_changed``, same transaction).

* renamed: nothing; a DID is made of the code, records name the producer as it was called when they were signed.
* recoded: every key in use is revoked; the DID of the old code stays readable for ever, and the next key is made under a
  DID of the new code.
* merged, left: every key in use is revoked; nobody signs in that name again.

Records logged before a key's end stay valid (TRUST 2).
"""

from __future__ import annotations

from sqlalchemy import select

from core.account.actor import SYSTEM
from core.db import db
from core.hooks import Succession
from core.notice.service import send
from trace.signing import identity
from trace.signing.models import Did, SigningKey

REASONS = {"recoded": "统一社会信用代码已变更", "merged": "单位已合并", "left": "单位已退出"}


def follow(change: Succession) -> None:
    """Afterwards no key signs for an identity that is gone."""
    if change.kind not in REASONS:
        return
    live = (
        select(SigningKey)
        .join(Did, Did.id == SigningKey.did_id)
        .where(Did.organisation_id == change.organisation_id, SigningKey.ended_at.is_(None))
        .order_by(SigningKey.number)
    )
    keys = list(db.session.scalars(live))
    for key in keys:
        identity.revoke(key, REASONS[change.kind], SYSTEM)
    if change.kind == "recoded" and keys:
        send(
            title="请新建签名密钥",
            body="代码变更后，原代码下的密钥已停用，以前签的记录照样有效。新建一把，就能用新代码继续封存。",
            link="/trace/keys",
            to_organisation_id=change.organisation_id,
        )
