"""What the columns of a file are: guessed by their names, told by a preset, or as the library chose before."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy import sinks
from bibmail.tenancy.sinks import Sink
from members.imports import header
from members.imports.spec import from_columns
from members.models import ImportPreset


class NameTaken(Exception):
    """The library has another one for this kind of file with that name."""


class Preset(NamedTuple):
    """A name, the kind of file, and per title the canonical header it stands for."""

    code: str
    label: str | Promise
    sink: str
    chosen: Mapping[str, str]
    is_full: bool = False


# Titles of Wise's Selecties (leerplatform Cultuurconnect) beside those that the sink knows itself.
_WISE = {
    "Lenernummer": "externalId", "Pasnummer": "barcode", "Naam": "lastName", "Voornaam": "firstName",
    "Tussenvoegsel": "namePrefix", "Geslacht": "gender", "Geboortedatum": "dateOfBirth",
    "Postcode": "postalCode", "Woonplaats": "city", "E-mailadres": "email", "Taal": "language",
    "Vestiging": "homeBranchId", "Abonnement": "subscriptionType", "Inschrijfdatum": "enrolledOn",
    "Verlengd op": "renewedOn", "Einddatum abonnement": "expiresOn", "Status": "status",
    "Internetblokkade": "internetBlock", "Reden uitschrijving": "unsubscribeReason",
}  # fmt: skip
# The columns of Koha's table borrowers, as its reports and its patron export name them.
_KOHA = {
    "borrowernumber": "externalId", "cardnumber": "barcode", "surname": "lastName", "firstname": "firstName",
    "sex": "gender", "dateofbirth": "dateOfBirth", "zipcode": "postalCode", "city": "city", "email": "email",
    "lang": "language", "branchcode": "homeBranchId", "categorycode": "subscriptionType",
    "dateenrolled": "enrolledOn", "date_renewed": "renewedOn", "dateexpiry": "expiresOn",
}  # fmt: skip

BUILT_IN = (
    Preset("wise", _("Wise Selecties"), "members", _WISE),
    Preset("koha", _("Koha (borrowers)"), "members", _KOHA),
    Preset("canonical", _("Namen van Bibmail zelf"), "", {}),
)


def all_presets() -> list[Preset]:
    """Ours and those that this library named."""
    named = ImportPreset.objects.exclude(name="")
    own = [Preset(str(one.pk), one.name, one.sink, one.chosen, one.is_full) for one in named]
    return [*BUILT_IN, *own]


def find(code: str) -> Preset | None:
    return next((preset for preset in all_presets() if preset.code == code), None)


def remembered(titles: Sequence[str]) -> Preset | None:
    """What this library chose last for a file with exactly these titles."""
    last = (
        ImportPreset.objects.filter(name="", titles_hash=titles_hash(titles)).order_by("-changed_at").first()
    )
    return Preset("", "", last.sink, last.chosen, last.is_full) if last else None


def guess(titles: Sequence[str]) -> Preset:
    """The kind of file whose columns these titles name best, by its own names or a preset's."""
    candidates = [Preset("canonical", "", sink.code, {}) for sink in sinks.in_order()]
    candidates += [preset for preset in BUILT_IN if preset.sink]
    return max(candidates, key=lambda preset: _fit(preset, titles))


def _fit(preset: Preset, titles: Sequence[str]) -> tuple[bool, int]:
    sink = sinks.get(preset.sink)
    found = {ours for ours in mapped(sink, titles, preset.chosen).values() if ours}
    return all(column.header in found for column in sink.columns if column.required), len(found)


def mapped(sink: Sink, titles: Sequence[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Each title with the canonical header it stands for, or nothing; each header once, the preset's word first."""
    specs = from_columns(sink.columns)
    known = header.known_names(specs)
    headers = {spec.header for spec in specs}
    said = {header.plain(title): ours for title, ours in chosen.items()}
    taken: set[str] = set()
    found = {}
    for title in titles:
        name = header.plain(title)
        if name in said:
            ours = said[name] if said[name] in headers else ""
        else:
            ours = specs[known[name]].header if name in known else ""
        found[title] = "" if ours in taken or header.is_national_name(title) else ours
        taken |= {ours} - {""}
    return found


def keep(
    *, name: str, sink: str, titles: Sequence[str], chosen: Mapping[str, str], is_full: bool, at: datetime
) -> None:
    """Keep a choice under its name, or without one as the last for these titles."""
    ImportPreset.objects.update_or_create(
        name=name.strip(),
        sink=sink,
        titles_hash="" if name.strip() else titles_hash(titles),
        defaults={"chosen": dict(chosen), "is_full": is_full, "changed_at": at},
    )


def rename(preset_id: int, name: str) -> None:
    """Give one of the library's own another name; raises NameTaken, or ImportPreset.DoesNotExist."""
    own = ImportPreset.objects.exclude(name="").select_for_update().get(pk=preset_id)
    if ImportPreset.objects.filter(sink=own.sink, name__iexact=name).exclude(pk=own.pk).exists():
        raise NameTaken
    own.name = name
    own.save(update_fields=["name"])


def forget(preset_id: int) -> None:
    """Nobody needs this one any more; files that came in with it stay as they are."""
    ImportPreset.objects.exclude(name="").filter(pk=preset_id).delete()


def titles_hash(titles: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(map(header.plain, titles)).encode()).hexdigest()
