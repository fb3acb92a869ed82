"""Every file field of every form that stands on a page of the story, sent what no field may keep.

The fields are found, not listed: those on the pages by the harvest, those in the code as fields of ``core.ui.forms.Form``.
What the reader behind all of them makes of bad content: tests/unit/core/file/test_reading.py.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from core.ui.choices import FileField
from core.ui.forms import Form
from tests.integration.generated.test_forms_twice import _data
from tests.support import uploads
from tests.support.applications import savepoint
from tests.support.asking import accepted, counts, says_why, written_to
from tests.support.harvest import Harvest, Offered

pytestmark = pytest.mark.slow

BAD = {
    name: file
    for name, file in uploads.bad().items()
    if name not in ("archive", "half a photo", "page in a photo's name")
}
SENT: set[str] = set()  # fields that were sent a file, as module.Form.field


def _offers(reaped: Harvest) -> list[Offered]:
    return [o for o in reaped.forms.values() if any(f.kind == "file" for f in o.form.fields)]


def _send(offer: Offered, content: bytes, name: str) -> Any:
    files = {f.name: (io.BytesIO(content), name) for f in offer.form.fields if f.kind == "file"}
    data = _data(offer.form.fields) | files | {"sure": "1"}
    return offer.client.post(offer.form.action, data=data, content_type="multipart/form-data")


@pytest.fixture(autouse=True)
def _noted(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = FileField.pre_validate

    def noted(self: FileField, form: Any) -> None:
        if getattr(self.data, "filename", ""):
            SENT.add(f"{type(form).__module__}.{type(form).__qualname__}.{self.short_name}")
        judged(self, form)

    monkeypatch.setattr(FileField, "pre_validate", noted)


@pytest.mark.parametrize("kind", BAD)
def test_no_field_keeps_a_bad_file_or_breaks_on_it(
    story: Flask, standing: dict[str, int], reaped: Harvest, kind: str
) -> None:
    wrong = []
    for offer in _offers(reaped):
        with savepoint(story):
            answer = _send(offer, *BAD[kind])
            changed = {t for t, count in counts(story, written_to(story)).items() if count != standing[t]}
            if answer.status_code >= 500 or changed or not (accepted(answer) or says_why(answer)):
                wrong.append(f"{offer.endpoint} {offer.form.action}: {answer.status_code}, {changed}")

    assert wrong == []


def test_a_strange_name_never_breaks_a_field_and_sound_photos_are_kept(
    story: Flask, standing: dict[str, int], reaped: Harvest
) -> None:
    wrong, kept = [], set()
    for number, offer in enumerate(_offers(reaped)):
        name = uploads.NAMES[number % len(uploads.NAMES)]
        with savepoint(story):
            answer = _send(offer, uploads.photo("HEIF" if number % 2 else "JPEG"), name)
            if answer.status_code >= 500 or not (accepted(answer) or says_why(answer)):
                wrong.append(f"{offer.endpoint} {name[:20]!r}: {answer.status_code}")
            if "core_file_file" in counts(story, written_to(story)):
                kept.add(offer.endpoint)

    assert wrong == []
    assert len(kept) > 5, kept


# --- the fields in the code ---------------------------------------------------------------------------------------------------

# On pages of kinds, states or keys the harvest does not open.  What they are sent is read by the same reader; a new field is
# to stand on a harvested page, or here beside a test of its own room.
UNSEEN = {
    "admin.enterprise.forms.DetailsForm.picture",
    "admin.support.forms.ItemsClaimForm.file",
    "brand.certificate.forms.ScanForm.file",
    "brand.licence.forms.EvidenceForm.file",
    "brand.licence.forms.FindingsForm.photo",
    "brand.licence.forms.FindingsForm.photo2",
    "brand.licence.forms.FindingsForm.photo3",
    "brand.licence.forms.OpinionForm.file",
    "brand.mark.forms.FileForm.file",
    "brand.matrix.forms.PictureForm.file",
    "brand.misuse.forms.EvidenceForm.file",
    "brand.misuse.forms.ResultForm.photo",
    "brand.nurture.forms.EvidenceForm.file",
    "core.policy.forms.ProposalForm.file",
    "shop.catalogue.forms.PictureForm.picture",
    "trace.season.forms.HarvestForm.pictures",
    "trace.season.forms.InputForm.pictures",
    "trace.season.forms.PestForm.pictures",
    "trace.season.forms.WorkForm.pictures",
    "trace.storage.forms.ImportForm.file",
}


def _forms(of: type = Form) -> Iterator[type]:
    for made in of.__subclasses__():
        yield made
        yield from _forms(made)


def fields_in_the_code() -> set[str]:
    floors = ("core", "brand", "trace", "shop", "admin")
    return {
        f"{form.__module__}.{form.__qualname__}.{name}"
        for form in _forms() if form.__module__.partition(".")[0] in floors and form.__module__ != "core.ui.sample"
        for name in dir(form)
        if issubclass(getattr(getattr(form, name, None), "field_class", object), FileField)
    }  # fmt: skip


def test_every_file_field_of_the_code_was_sent_bad_files_or_is_known_to_stand_on_no_page(story: Flask) -> None:
    if not SENT:
        pytest.skip("the sweep did not run before")
    known = fields_in_the_code()
    assert known >= UNSEEN
    assert known - SENT <= UNSEEN
