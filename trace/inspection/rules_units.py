"""Units of residue results (pure): conversion only where it is exact."""

from __future__ import annotations

import unicodedata
from decimal import Decimal

from core.errors import BadInput
from core.identifiers import normalise_text

# Mass of residue in mass of fruit, as a power of ten of mg/kg.  mg/L is a concentration in a liquid: not convertible.
_POWER = {"g/kg": 3, "mg/g": 3, "mg/kg": 0, "μg/g": 0, "μg/kg": -3, "ng/g": -3, "ng/kg": -6}
UNITS = ("mg/kg", "μg/kg", "g/kg", "mg/L")
_OTHER = {"ug/kg": "μg/kg", "ug/g": "μg/g", "mg/l": "mg/L"}


def unit(text: str, *, field: str = "results") -> str:
    """The unit in canonical form (mg/kg where empty); BadInput where it is none we know."""
    plain = unicodedata.normalize("NFKC", normalise_text(text)).replace(" ", "").replace("µ", "μ")
    plain = _OTHER.get(plain.lower(), plain)
    if not plain:
        return "mg/kg"
    if plain in _POWER or plain == "mg/L":
        return plain
    raise BadInput(
        f"单位“{plain[:12]}”不认识。", code="inspection.unit", field=field, help="照报告写，例如 mg/kg、μg/kg。"
    )


def convert(value: Decimal, source: str, target: str) -> Decimal | None:
    """``value`` in the other unit, exact; None where there is no exact conversion."""
    if source == target:
        return value
    if source not in _POWER or target not in _POWER:
        return None
    return value.scaleb(_POWER[source] - _POWER[target])
