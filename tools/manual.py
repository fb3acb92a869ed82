"""Take the screenshots of the manual from a running ``make run`` with the demo story.

Usage: ``.venv/bin/python tools/manual.py http://127.0.0.1:8000 var/demo.json`` writes ``docs/manual/img/*.webp``;
names of pictures behind it take only these.
"""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from PIL import Image

from tests.support.browser import launched, phone

OUT = ROOT / "docs" / "manual" / "img"
TALLEST = 1900
# name, who is signed in ("" nobody), width, address ({name} from the story's notes), link to follow first
SHOTS: tuple[tuple[str, str, int, str, str], ...] = (
    ("scan", "", 390, "{scan_path}", ""),
    ("product", "", 390, "/p/{listing}", ""),
    ("column", "", 390, "/disclosure/", ""),
    ("verify", "", 390, "/verify", ""),
    ("join", "buyer", 390, "/join", ""),
    ("workbench", "coop", 390, "/workbench", ""),
    ("lot", "coop", 390, "/lots/{apple_lot}", ""),
    ("codes", "coop", 390, "/codes/", ""),
    ("orders", "coop", 390, "/enterprise/orders", ""),
    ("host", "host", 390, "/host", ""),
    ("rule-values", "", 390, "/rule-values", ""),
    ("rule-value", "office", 1280, "/office/rule-values/project.report_day", ""),
    ("rule-change", "director", 1280, "/office/rule-values", "main a[href*='/changes/']"),
    ("licences", "brand", 1280, "/brand/cases", ""),
    ("entry", "office", 1280, "/entry/cases", ""),
    ("import", "office", 1280, "/intake/", "main table a[href*='/intake/']"),
    ("duplicates", "office", 1280, "/intake/duplicates", ""),
    ("information", "shop", 390, "/information", ""),
    ("lease", "shop", 390, "/leases/{lease}", ""),
    ("identity-change", "office", 1280, "/changes/{identity_change}", ""),
    ("support-claim", "office", 1280, "/support/claims/{support_listed}", ""),
    ("units", "office", 1280, "/leases/units", ""),
    ("former-name", "", 390, "/org/{shop_code}", ""),
    ("support-policies", "", 390, "/support", ""),
    ("support-notice", "", 390, "/disclosure/{support_notice}", ""),
    ("support-unmet", "coop", 390, "/support/claims/{support_unmet}", ""),
    ("certificates", "coop", 390, "/certificates", ""),
    ("certificate", "brand", 1280, "/certificates/{certificate}", ""),
    ("fund", "director", 1280, "/fund/", "main a[href*='/fund/projects/']"),
    ("statistics", "director", 1280, "/office/statistics/", ""),
    ("audit", "auditor", 1280, "/system/audit", ""),
    ("journal", "coop2", 390, "/seasons/quick", ""),
    ("journal-line", "coop2", 390, "/seasons/quick", "main .acts a[href*='/add/input']"),
    ("designer", "coop", 1280, "/codes/designs/new", ""),
    ("packing-station", "coop2", 390, "/packing/", "main a[href*='/station']"),
    ("carton", "", 390, "{carton_path}", ""),
    ("scan-repeated", "", 390, "{repeated_path}", ""),
    ("scan-void", "", 390, "{void_path}", ""),
    ("scan-recalled", "", 390, "{recalled_path}", ""),
    ("scan-english", "", 390, "{scan_path}?lang=en", ""),
    ("graph", "coop", 1280, "/trace/graph/lots/{apple_lot}", ""),
    ("recall", "commerce", 1280, "/trace/recalls/{recall}", ""),
    ("recall-notice", "", 390, "/recalls/{recall_no}", ""),
    ("alerts", "coop", 390, "/trace/alerts/", ""),
    ("alert-trends", "commerce", 1280, "/trace/alerts/trends", ""),
    ("mark-files", "coop", 390, "/marks/{mark_pack}", ""),
    ("misuse-report", "", 390, "/misuse/report", ""),
    ("misuse-case", "brand", 1280, "/misuse/cases/{misuse_case}", ""),
    ("brands", "", 390, "/brands", ""),
    ("matrix", "brand", 1280, "/brand/matrix", ""),
    ("licence-apply", "coop", 390, "/brand/cases/new", ""),
    ("licence-review", "brand", 1280, "/brand/cases/{renewal}", ""),
    ("licence-page", "", 390, "/licence/{withdrawn_licence}", ""),
    ("promotion-event", "brand", 1280, "/brand/promotion/{fair}", ""),
    ("promotion-join", "coop", 390, "/enterprise/promotion", ""),
    ("promotion-month", "", 390, "/promotion", ""),
    ("nurture", "brand", 1280, "/brand/nurture", ""),
    ("counted", "office", 1280, "/office/targets/K09/counted", ""),
    ("misuse-decision", "", 390, "/misuse/decisions/{misuse_case}", ""),
)


def take(chromium: Any, base: str, told: dict[str, Any], only: list[str]) -> None:
    """Every picture of the manual (or those named), one browser page each."""
    for name, login, width, address, link in SHOTS:
        if only and name not in only:
            continue
        with phone(chromium, width, 900) as (page, complaints):
            if login:
                page.goto(base + "/login")
                page.fill("main [name=name]", login)
                page.fill("main [name=password]", told["password"])
                with page.expect_navigation():
                    page.click("main form button[type=submit]")
            page.goto(base + address.format(**told["notes"]))
            if link:
                with page.expect_navigation():
                    page.click(link)
            picture = Image.open(io.BytesIO(page.screenshot(full_page=True)))
            picture.crop((0, 0, picture.width, min(picture.height, TALLEST))).save(
                OUT / f"{name}.webp", quality=72, method=6
            )
            print(name, page.url, complaints or "")


def main() -> int:
    base, told = sys.argv[1].rstrip("/"), json.loads(Path(sys.argv[2]).read_text("utf-8"))
    OUT.mkdir(parents=True, exist_ok=True)
    with launched() as chromium:
        take(chromium, base, told, sys.argv[3:])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
