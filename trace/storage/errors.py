"""Sentences of this room."""

NOT_THIS_LOGGER = "记录仪的口令不对，或这台记录仪已经停用。"
