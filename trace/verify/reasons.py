"""Why a record does not verify: one code for programs, one Chinese sentence for people."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """The reason codes of TRUST 4, then those of the options (status list, witnesses, events); the values never change."""

    BAD_JSON = "bad_json"
    DUPLICATE_KEY = "duplicate_key"
    BAD_PROOF = "bad_proof"
    KEY_NOT_FOUND = "key_not_found"
    KEY_NOT_AUTHORISED = "key_not_authorised"
    KEY_ENDED = "key_ended"
    ISSUER_MISMATCH = "issuer_mismatch"
    SIGNATURE_INVALID = "signature_invalid"
    LEAF_MISMATCH = "leaf_mismatch"
    INCLUSION_INVALID = "inclusion_invalid"
    CHECKPOINT_INVALID = "checkpoint_invalid"
    STATUS_INVALID = "status_invalid"
    WITHDRAWN = "withdrawn"
    COSIGNERS_MISSING = "cosigners_missing"
    EVENTS_DIFFER = "events_differ"


SENTENCES: dict[Reason, str] = {
    Reason.BAD_JSON: "文件不是规范的记录，读不出来。",
    Reason.DUPLICATE_KEY: "文件里同一个名称出现了两次，两处可能说法不同，不予采信。",
    Reason.BAD_PROOF: "记录上没有可用的签名，或签名格式不对。",
    Reason.KEY_NOT_FOUND: "签名用的密钥不在签名人公布的身份文件里。",
    Reason.KEY_NOT_AUTHORISED: "这把密钥没有得到签名人授权，不能用来签记录。",
    Reason.KEY_ENDED: "这把密钥已经停用，又不能证明记录在停用之前就写进了日志。",
    Reason.ISSUER_MISMATCH: "记录上写的签名人，与密钥所属的身份不是同一个。",
    Reason.SIGNATURE_INVALID: "签名与内容对不上，内容在签名以后被改动过。",
    Reason.LEAF_MISMATCH: "日志证明说的是另一份记录，不是这一份。",
    Reason.INCLUSION_INVALID: "日志证明对不上，不能证明这份记录写进了日志。",
    Reason.CHECKPOINT_INVALID: "日志的签名不对，或不是这个日志出具的。",
    Reason.STATUS_INVALID: "撤回状态清单不能用，或不是这份记录指的那一份。",
    Reason.WITHDRAWN: "这份记录已经撤回。",
    Reason.COSIGNERS_MISSING: "核对过这个检查点的见证方不够你要求的家数。",
    Reason.EVENTS_DIFFER: "事件和签了名的清单对不上：改了、少了、多了或换了次序。",
}


class VerificationError(Exception):
    """The thing presented does not verify; ``reason`` says why, ``detail`` helps a developer find the spot."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = detail
