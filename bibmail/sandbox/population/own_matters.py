"""What a library keeps of its own: values of its own fields, and who stands on its lists."""

from __future__ import annotations

from typing import Final

from bibmail.sandbox.population.draws import rounded
from bibmail.sandbox.population.stage import Stage

READING_GROUP: Final = "Leesgroep"
PICKUP_HELP: Final = "Boeken aan huis"
READING_GROUPS: Final = ("dinsdag", "donderdag", "zaterdag")
VOLUNTEERS: Final = "Vrijwilligers"
PARTNERS: Final = "Partners van de bib"

_IN_READING_GROUP: Final = 0.02
_PICKUP: Final = 0.01
_VOLUNTEERS: Final = 0.004
_ROLES: Final = ("voorlezer", "boekendrager", "digihulp", "")
_PARTNERS: Final = (
    ("basisschool De Wilg", "directie"),
    ("buurthuis", "coördinator"),
    ("dienst cultuur", "medewerker"),
    ("woonzorgcentrum Ter Linde", "animator"),
    ("jeugdhuis", "vrijwilliger"),
    ("Huis van het Kind", "onthaal"),
    ("academie", "secretariaat"),
    ("seniorenraad", "voorzitter"),
)
_NAMES: Final = (
    ("An", "Claes"), ("Bart", "Maes"), ("Hilde", "Wouters"), ("Karim", "Aerts"), ("Lies", "Jacobs"),
    ("Mieke", "Goossens"), ("Tom", "Willems"), ("Veerle", "Smets"),
)  # fmt: skip


def write_custom_values(stage: Stage) -> None:
    """Two fields that the libraries of this population have; see `sandbox.own_matters` where they are made."""
    rng, faults = stage.rng("own fields"), stage.faults("custom_values")
    adults = [p for p in stage.readers if p.age >= 18]
    readers = rng.sample(adults, rounded(rng, len(adults) * _IN_READING_GROUP))
    helped = rng.sample(adults, rounded(rng, len(adults) * _PICKUP))
    values = [(p.external_id, READING_GROUP, rng.choice(READING_GROUPS)) for p in readers]
    values += [(p.external_id, PICKUP_HELP, "ja") for p in helped]
    with stage.sheet("custom_values") as sheet:
        for member, name, value in values:
            sheet.write(member, name, value)
            if reason := faults.due():
                sheet.refuse(reason, faults.stranger(), name, value)
        for person in adults[:1]:
            sheet.refuse("unknown_field", person.external_id, "Schoenmaat", "42")
    stage.truth.sums["custom_values"] = len(values)


def write_list_members(stage: Stage) -> None:
    """Volunteers by number, and partners who are no members and so come in with this file."""
    rng, faults = stage.rng("lists"), stage.faults("list_members")
    adults = [p for p in stage.readers if p.age >= 18]
    volunteers = rng.sample(adults, min(len(adults), 2 + int(len(adults) * _VOLUNTEERS)))
    with stage.sheet("list_members") as sheet:
        for person in volunteers:
            sheet.write(VOLUNTEERS, person.external_id, "", "", "", "", rng.choice(_ROLES))
            if reason := faults.due():
                sheet.refuse(reason, VOLUNTEERS, faults.stranger(), "", "", "", "", "")
        for person in volunteers[:1]:
            sheet.refuse("unknown_list", "Een lijst van vroeger", person.external_id, "", "", "", "", "")
        for (organisation, role), (first, last) in zip(_PARTNERS, _NAMES, strict=True):
            email = f"{first}.{last}.partner.{stage.plan.slug}@example.org".lower()
            sheet.write(PARTNERS, "", email, first, last, organisation, role)
    stage.truth.sums["stakeholders"] = len(_PARTNERS)
    stage.truth.sums["on_lists"] = len(volunteers) + len(_PARTNERS)
