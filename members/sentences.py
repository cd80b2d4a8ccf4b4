"""Codes of refused rows and failed files as Dutch sentences: what is wrong, and the mend."""

import re
from typing import NamedTuple

from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import ImportRefusal, ImportRun


class Sentence(NamedTuple):
    """What is wrong with a row, and what to do about it."""

    wrong: str
    mend: str


# Short names for the tabs above a list of refused rows.
GROUPS = {
    "bad_email": gettext_lazy("E-mail"),
    "bad_date": gettext_lazy("Datum"),
    "duplicate": gettext_lazy("Dubbel"),
    "missing": gettext_lazy("Leeg"),
    "unknown_branch": gettext_lazy("Vestiging"),
    "unknown_member": gettext_lazy("Onbekend lid"),
    "unknown_event": gettext_lazy("Activiteit"),
    "unknown_field": gettext_lazy("Eigen veld"),
    "no_history": gettext_lazy("Geen leenhistoriek"),
    "too_old": gettext_lazy("Te oud"),
    "in_future": gettext_lazy("Toekomst"),
    "ambiguous_email": gettext_lazy("Gedeeld adres"),
    "too_young": gettext_lazy("Te jong"),
    "merged_person": gettext_lazy("Samengevoegd"),
}


def of_refusal(refusal: ImportRefusal) -> Sentence:
    """Why this row did not come in."""
    if refusal.code == "bad_email":
        return _of_email(refusal.value)
    if refusal.code == "bad_date":
        return _of_date(refusal.value)
    if refusal.code == "duplicate":
        return Sentence(
            _("Deze gegevens staan ook op rij %(line)s.") % {"line": refusal.other_line},
            _("Laat één van de twee weg."),
        )
    return of_code(refusal.code)


def of_code(code: str) -> Sentence:
    """What this code says without knowing what stood there."""
    wrong, mend = _PLAIN.get(code, _UNNAMED)
    return Sentence(str(wrong), str(mend))


_UNNAMED = (gettext_lazy("Deze rij konden we niet lezen."), gettext_lazy("Kijk de rij na in je bestand."))

_PLAIN = {
    "bad_date": (
        gettext_lazy("Deze datum kunnen we niet lezen."),
        gettext_lazy("Schrijf ze als 02/09/2026."),
    ),
    "missing": (
        gettext_lazy("Dit veld is leeg."),
        gettext_lazy("Vul het in, of laat deze rij weg."),
    ),
    "bad_time": (gettext_lazy("Dit is geen uur."), gettext_lazy("Schrijf het als 9.00 of 09:00.")),
    "bad_hours": (
        gettext_lazy("Het einduur komt niet na het beginuur."),
        gettext_lazy("Vul beide uren in, of laat beide leeg als de bib dicht is."),
    ),
    "bad_number": (gettext_lazy("Dit is geen getal."), gettext_lazy("Gebruik alleen cijfers.")),
    "bad_yes_no": (gettext_lazy("Hier hoort ja of nee te staan."), gettext_lazy("Schrijf ja of nee.")),
    "bad_weekday": (
        gettext_lazy("Dit is geen dag van de week."),
        gettext_lazy("Schrijf maandag, dinsdag enzovoort."),
    ),
    "bad_language": (gettext_lazy("Deze taal herkennen we niet."), gettext_lazy("Schrijf nl, fr of en.")),
    "bad_choice": (
        gettext_lazy("Deze waarde kennen we hier niet."),
        gettext_lazy("Kijk in de uitleg welke waarden mogen."),
    ),
    "bad_text": (
        gettext_lazy("Er staat een teken in dat we niet kunnen lezen."),
        gettext_lazy("Sla het bestand opnieuw op als CSV UTF-8."),
    ),
    "too_long": (
        gettext_lazy("Deze tekst is te lang."),
        gettext_lazy("Kijk na of de kolommen verschoven zijn."),
    ),
    "too_many_cells": (
        gettext_lazy("Deze rij heeft meer vakken dan er kolommen zijn."),
        gettext_lazy("Staat er een scheidingsteken in een tekst? Zet die tekst tussen aanhalingstekens."),
    ),
    "too_few_cells": (
        gettext_lazy("Deze rij heeft minder vakken dan er kolommen zijn."),
        gettext_lazy("Misschien is het bestand niet helemaal opgeslagen."),
    ),
    "unknown_branch": (
        gettext_lazy("Deze vestiging kennen we niet."),
        gettext_lazy("Voeg ze toe bij Instellingen, of verbeter de code."),
    ),
    "unknown_member": (
        gettext_lazy("We kennen niemand met dit nummer of adres."),
        gettext_lazy("Laad eerst de leden in, of kijk het nummer na."),
    ),
    "unknown_event": (
        gettext_lazy("Deze activiteit kennen we niet."),
        gettext_lazy("Laad eerst de activiteiten in, of kijk het nummer na."),
    ),
    "unknown_field": (
        gettext_lazy("Dit eigen veld kennen we niet."),
        gettext_lazy("Maak het eerst bij Gegevens, Eigen velden, of verbeter de naam."),
    ),
    "unknown_topic": (
        gettext_lazy("Dit thema of gebruik kennen we niet."),
        gettext_lazy("Gebruik een code uit de lijst bij Instellingen, Thema’s."),
    ),
    "too_old": (
        gettext_lazy("Dit is ouder dan wat we bewaren."),
        gettext_lazy("Je hoeft niets te doen: deze rij bewaren we niet."),
    ),
    "in_future": (
        gettext_lazy("Deze dag moet nog komen."),
        gettext_lazy("Kijk het jaar na."),
    ),
    "no_history": (
        gettext_lazy("Deze persoon houdt geen leenhistoriek bij."),
        gettext_lazy("Je hoeft niets te doen: deze uitlening bewaren we niet."),
    ),
    "too_young": (
        gettext_lazy("Deze persoon was nog geen 13 jaar."),
        gettext_lazy("Een ouder geeft toestemming. Noteer ze bij de ouder."),
    ),
    "merged_person": (
        gettext_lazy("Dit nummer hoort bij iemand die jullie hier met een ander nummer samenvoegden."),
        gettext_lazy("Voeg de twee ook samen bij de bron, of maak de samenvoeging hier ongedaan."),
    ),
    "ambiguous_email": (
        gettext_lazy("Meer mensen hebben dit e-mailadres."),
        gettext_lazy("Vul het nummer van het lid in."),
    ),
}


def _of_email(value: str) -> Sentence:
    if not value:
        return Sentence(_("Dit e-mailadres kan niet bestaan."), _("Verbeter het adres bij de bron."))
    if "@" not in value and " " in value:
        return Sentence(_("Dit is een naam, geen e-mailadres."), _("Kijk na of de kolommen verschoven zijn."))
    if "," in value:
        fixed = value.replace(",", ".")
        return Sentence(
            _("Er staat een komma in het adres."), _("Bedoel je %(address)s?") % {"address": fixed}
        )
    if "@" not in value:
        return Sentence(_("Er staat geen @ in het adres."), _("Verbeter het adres bij de bron."))
    if " " in value:
        return Sentence(_("Er staat een spatie in het adres."), _("Haal de spatie weg."))
    return Sentence(_("Dit e-mailadres kan niet bestaan."), _("Verbeter het adres bij de bron."))


_MONTHS = (
    gettext_lazy("Januari"), gettext_lazy("Februari"), gettext_lazy("Maart"), gettext_lazy("April"),
    gettext_lazy("Mei"), gettext_lazy("Juni"), gettext_lazy("Juli"), gettext_lazy("Augustus"),
    gettext_lazy("September"), gettext_lazy("Oktober"), gettext_lazy("November"), gettext_lazy("December"),
)  # fmt: skip


def _of_date(value: str) -> Sentence:
    mend = _("Pas de datum aan bij de bron.")
    if found := re.fullmatch(r"(?:(\d{1,2})[/.-](\d{1,2})[/.-]\d{4})|(?:\d{4}-(\d{2})-(\d{2}))", value):
        day, month = (found[1], found[2]) if found[1] else (found[4], found[3])
        if 1 <= int(month) <= 12 and 28 < int(day) <= 31:
            return Sentence(
                _("%(month)s heeft geen %(day)s dagen.")
                % {"month": _MONTHS[int(month) - 1], "day": int(day)},
                mend,
            )
        if not 1 <= int(month) <= 12:
            return Sentence(_("Er zijn maar 12 maanden. Staan dag en maand omgewisseld?"), mend)
    if re.fullmatch(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}", value):
        return Sentence(_("Het jaar heeft maar twee cijfers."), _("Schrijf het jaar met vier cijfers."))
    return Sentence(_("Deze datum kunnen we niet lezen."), _("Schrijf ze als 02/09/2026."))


def of_failure(run: ImportRun) -> str:
    """Why a whole file did not come in, with the mend."""
    detail = run.failure.get("detail", {})
    listed = ", ".join(f"‘{name}’" for name in detail.get("columns", []))
    values = {"column": detail.get("column", ""), "columns": listed, "line": detail.get("line", "")}
    values["number"] = run.pk
    return str(_FAILURES.get(run.failure.get("code", ""), _FAILED)) % values


_FAILED = gettext_lazy("We konden dit bestand niet lezen. Sla het opnieuw op als CSV en probeer opnieuw.")

_FAILURES = {
    "empty_file": gettext_lazy("Het bestand is leeg. Kies een bestand met een titelrij en rijen eronder."),
    "no_known_column": gettext_lazy(
        "In de eerste rij vonden we geen enkele kolom die we kennen. Kies je het juiste soort bestand? "
        "We verwachten minstens %(columns)s."
    ),
    "missing_column": gettext_lazy(
        "De kolom %(columns)s ontbreekt. Voeg ze toe en laad het bestand opnieuw in."
    ),
    "duplicate_header": gettext_lazy("De kolom ‘%(column)s’ staat er twee keer. Laat één van de twee weg."),
    "national_number": gettext_lazy(
        "In de kolom ‘%(column)s’ staan rijksregisternummers. Die mag Bibmail niet bewaren. "
        "Laat de kolom weg en laad het bestand opnieuw in."
    ),
    "unclosed_quote": gettext_lazy(
        "Rond rij %(line)s begint een tekst met een aanhalingsteken dat nergens sluit, of een vak is veel te "
        "lang. Kijk die rij na en laad het bestand opnieuw in."
    ),
    "reader_died": gettext_lazy(
        "Dit bestand vroeg te veel geheugen of tijd om te lezen. Sla het opnieuw op als CSV, of deel het op."
    ),
    "worker_died": gettext_lazy("Het inladen stopte drie keer onverwacht. Probeer opnieuw of vraag hulp."),
    "not_storable": gettext_lazy(
        "Bibmail kon dit bestand niet wegschrijven. Dat ligt aan ons. Meld het nummer van deze inlading, "
        "%(number)s, aan de helpdesk."
    ),
    "source_broke": gettext_lazy(
        "Het andere systeem brak af terwijl het gegevens gaf. Er kwam niets binnen. We proberen het later opnieuw."
    ),
    "file_is_gone": gettext_lazy("Het bestand is niet meer te vinden. Laad het opnieuw in."),
}


def number(count: int) -> str:
    """`2.812`, as Dutch writes it."""
    return str(localize(count, use_l10n=True))
