"""What others tell: codes by place of an agency that does not exist, and who is gone at the source."""

from __future__ import annotations

from typing import Final

from bibmail.sandbox.population.draws import Weighted
from bibmail.sandbox.population.stage import Stage

SCHEME: Final = "woonbuurt"
_CODES: Final = (
    ("A", "Jonge gezinnen in de rand", 0.28),
    ("B", "Dorpskern met vaste waarden", 0.24),
    ("C", "Stedelijk en in beweging", 0.18),
    ("D", "Groen en ruim wonend", 0.17),
    ("E", "Ouder en verknocht aan de buurt", 0.13),
)
_BY_PERSON: Final = 0.02
# Gone since the last delivery: a small part of the tenth that leaves in a year.
_GONE: Final = 0.001


def write_external_segments(stage: Stage) -> None:
    """A code for each postal code where somebody lives, and another for a few people themselves."""
    rng, faults = stage.rng("codes from outside"), stage.faults("external_segments")
    draw = Weighted(((code, label), share) for code, label, share in _CODES)
    places = sorted({p.postal_code for p in stage.accepted if p.kind == "person" and p.postal_code})
    nowhere = next(str(code) for code in range(9999, 999, -1) if str(code) not in places)
    people = rng.sample(stage.readers, int(len(stage.readers) * _BY_PERSON))
    with stage.sheet("external_segments") as sheet:
        for place in places:
            sheet.write("", "", place, SCHEME, *draw.draw(rng))
        sheet.refuse("nobody_there", "", "", nowhere, SCHEME, *draw.draw(rng))
        for person in people:
            code = draw.draw(rng)
            sheet.write(person.external_id, "", "", SCHEME, *code)
            match faults.due():
                case "unknown_member":
                    sheet.refuse("unknown_member", faults.stranger(), "", "", SCHEME, *code)
                case "missing":
                    sheet.refuse("missing", person.external_id, "", "", SCHEME, "", "")


def write_deleted_members(stage: Stage) -> None:
    """Numbers that the source had and has no more; nobody of today's members file is among them."""
    rng = stage.rng("gone")
    with stage.sheet("deleted_members") as sheet:
        for number in rng.sample(range(98_000_000, 99_000_000), 2 + int(stage.plan.memberships * _GONE)):
            sheet.write(str(number))
