"""What stands behind a brand's public page: lots sealed under a licence of the brand, codes issued, visits counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text

from brand.licence import queries_brand
from core import clock, hooks
from core.db import db
from core.organisation import queries as organisations
from core.ui.filters import kg
from core.ui.i18n import translate

# A lot counts where its sealer held a licence that covers its item on the day of sealing.
_COVERED = """
  from unnest(cast(:org as bigint[]), cast(:variety as text[]), cast(:form as text[]), cast(:spec as text[]),
              cast(:first as date[]), cast(:last as date[])) as c(org, variety, form, spec, first, last)
  join trace_item_item i on i.variety = c.variety and i.form = c.form and i.specification = c.spec
"""
_SEALED = f"""{_COVERED}
  join trace_lot_lot l on l.item_id = i.id and l.sealer_id = c.org
  join trace_signing_record r on r.lot_id = l.id and r.kind = 'record' and r.version = 1
 where (r.sealed_at at time zone 'Asia/Shanghai')::date between c.first and c.last
   and not exists (select 1 from trace_signing_record w where w.lot_id = l.id and w.kind = 'withdrawal')
"""  # noqa: S608 - constants of this file only
_COUNT = text(f"select count(distinct l.id) {_SEALED}")
_RECENT = text(
    "select distinct l.id, l.lot_no, i.name, l.sealer_id, l.mass_g, r.sealed_at, r.public_id "
    f"{_SEALED} order by r.sealed_at desc, l.id desc limit :limit"
)
_CODES = text(
    "select coalesce(sum(unit_count), 0) from trace_code_series where licence_no = any(cast(:numbers as text[]))"
)
_VISITS = text("""
select coalesce(sum(v.visits), 0) from trace_code_series s
  join trace_scan_code v on v.item_id = s.item_id and v.unit >= s.start_unit and v.unit < s.start_unit + s.unit_count
 where s.licence_no = any(cast(:numbers as text[]))
""")
_ITEMS = text(
    f"select distinct i.id {_COVERED} where i.organisation_id = c.org and cast(:day as date) between c.first and c.last"
)


def _arrays(brand_ids: Sequence[int]) -> dict[str, list[Any]]:
    rows = queries_brand.coverage(brand_ids)
    return {
        "org": [c.organisation_id for c in rows],
        "variety": [c.variety for c in rows],
        "form": [c.form for c in rows],
        "spec": [c.specification for c in rows],
        "first": [c.first for c in rows],
        "last": [c.last for c in rows],
    }


def figures(*, brand_ids: Sequence[int]) -> Mapping[str, int]:
    """Lots sealed under the brands, codes of their licences' series, and the visits of those codes."""
    numbers = {"numbers": queries_brand.licence_numbers(brand_ids)}
    return {
        "sealed_lots": int(db.session.scalar(_COUNT, _arrays(brand_ids)) or 0),
        "codes": int(db.session.scalar(_CODES, numbers) or 0),
        "visits": int(db.session.scalar(_VISITS, numbers) or 0),
    }


def recent_lots(*, brand_ids: Sequence[int], limit: int, lang: str) -> list[hooks.BrandLine]:
    """The lots sealed last under the brands, each leading to its signed record; stopped lots are left out."""
    rows = db.session.execute(_RECENT, _arrays(brand_ids) | {"limit": limit * 2}).all()
    stopped = {lot for blocks in hooks.lot_blocks for lot in blocks([r.id for r in rows])}
    sealers = organisations.views([r.sealer_id for r in rows])
    return [
        hooks.BrandLine(
            "lot",
            f"{r.name} {r.lot_no}",
            translate("，", lang).join((
                sealers[r.sealer_id].public_name,
                kg(r.mass_g),
                translate("%(day)s 封存签名", lang, day=clock.local(r.sealed_at).date().isoformat()),
            )),
            f"/trace/records/{r.public_id}",
        )
        for r in rows
        if r.id not in stopped
    ][:limit]  # fmt: skip


def licensed_items(brand_ids: Sequence[int]) -> list[int]:
    """Ids of the trade items that a licence of the brands covers today."""
    return [int(i) for i in db.session.scalars(_ITEMS, _arrays(brand_ids) | {"day": clock.today()})]
