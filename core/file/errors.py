"""What an upload may be refused with."""

from __future__ import annotations

from core.errors import BadInput, TooLarge, UnsupportedMedia


class EmptyFile(BadInput):
    default_code = "file.empty"


class WrongType(UnsupportedMedia):
    default_code = "file.wrong_type"


class Broken(BadInput):
    default_code = "file.broken"


class PictureTooLarge(TooLarge):
    default_code = "file.picture_too_large"
