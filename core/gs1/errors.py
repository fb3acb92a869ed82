"""What is wrong with a GS1 string, as a reason code and a Chinese sentence."""

from __future__ import annotations

from core.errors import BadInput


class Malformed(BadInput):
    """An element string or Digital Link that breaks the standard; ``code`` says which way."""

    default_code = "gs1.malformed"
