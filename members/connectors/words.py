"""What went wrong at a source, and what drifted, in sentences with the mend."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bibmail.tenancy import sinks


class Sentence(NamedTuple):
    """What is wrong, and what somebody can do about it."""

    wrong: str
    mend: str


_LATER = gettext_lazy(
    "Bibmail probeert het straks vanzelf opnieuw. Duurt het langer dan een dag? Vraag het na bij de bron."
)
_HELP = gettext_lazy("Geef dit door aan de helpdesk, met de naam van de bron.")
_CHECK_KEY = gettext_lazy("Kijk het nummer en de sleutel na. Vul de sleutel opnieuw in, of vraag een nieuwe.")
_CHECK_ADDRESS = gettext_lazy("Kijk het webadres na bij ‘Pas aan’.")

_SENTENCES: dict[str, tuple[str | Promise, str | Promise]] = {
    "not_let_in": (gettext_lazy("De bron laat ons niet binnen."), _CHECK_KEY),
    "secret_unreadable": (
        gettext_lazy("De bewaarde sleutel is niet meer te lezen."),
        gettext_lazy("Vul de sleutel opnieuw in bij ‘Pas aan’."),
    ),
    "not_found": (gettext_lazy("Op dit adres is er niets te vinden."), _CHECK_ADDRESS),
    "refused": (gettext_lazy("De bron weigert onze vraag."), _HELP),
    "too_many_requests": (gettext_lazy("De bron vindt dat we te vaak iets vragen."), _LATER),
    "server_error": (gettext_lazy("De bron heeft zelf een storing."), _LATER),
    "timeout": (gettext_lazy("De bron antwoordt te traag."), _LATER),
    "no_connection": (gettext_lazy("We krijgen geen verbinding met de bron."), _LATER),
    "cut_off": (gettext_lazy("Het antwoord van de bron hield halverwege op."), _LATER),
    "certificate": (
        gettext_lazy(
            "Het certificaat van de bron klopt niet. We vragen niets aan een bron die zich niet bewijst."
        ),
        gettext_lazy("Vraag de beheerder van de bron om het certificaat te vernieuwen."),
    ),
    "unreadable": (gettext_lazy("We kunnen het antwoord van de bron niet lezen."), _CHECK_ADDRESS),
    "unexpected_shape": (
        gettext_lazy("De bron antwoordt in een vorm die we niet kennen. We laadden daarom niets verder in."),
        _HELP,
    ),
    "too_large": (gettext_lazy("Het antwoord van de bron is te groot."), _HELP),
    "redirected": (
        gettext_lazy("De bron stuurt ons door naar een ander adres. Dat volgen we niet."),
        _CHECK_ADDRESS,
    ),
    "bad_address": (gettext_lazy("Dit webadres kan niet."), _CHECK_ADDRESS),
    "not_encrypted": (
        gettext_lazy("Dit webadres is niet beveiligd."),
        gettext_lazy("Gebruik een adres dat met https begint."),
    ),
    "forbidden_address": (gettext_lazy("Dit adres mag Bibmail niet oproepen."), _CHECK_ADDRESS),
    "nothing_asked": (
        gettext_lazy("Er staat niet wat we moeten ophalen."),
        gettext_lazy("Vul een organisator of minstens één locatie in."),
    ),
    "no_sink": (gettext_lazy("Voor dit soort gegevens is hier nog geen plaats ({sink})."), _HELP),
    "not_merged": (
        gettext_lazy("De gegevens kwamen aan, maar het inladen lukte niet."),
        gettext_lazy("Kijk bij Gegevens wat er misging met de laatste inlading."),
    ),
    "unknown_connector": (gettext_lazy("Dit soort bron kent Bibmail niet meer."), _HELP),
    "worker_died": (gettext_lazy("Het ophalen werd onderbroken."), _LATER),
    "host_key": (
        gettext_lazy("De server toont een andere sleutel dan je opgaf. We sturen hem geen wachtwoord."),
        gettext_lazy("Vraag de beheerder of de server vernieuwd is. Vul dan de nieuwe vingerafdruk in."),
    ),
    "no_folder": (
        gettext_lazy("De map is er niet, of we mogen ze niet lezen."),
        gettext_lazy("Kijk de naam en de rechten van de map na."),
    ),
    "drop_off": (
        gettext_lazy("Op deze server is er geen map voor bestanden van buiten."),
        gettext_lazy("Vraag de beheerder van Bibmail om DROP_DIR in te stellen."),
    ),
}
_UNEXPECTED = (gettext_lazy("Er liep iets mis dat we niet verwachtten."), _HELP)

_DRIFTS: dict[str, str | Promise] = {
    "unknown": gettext_lazy("{what}: er zijn nieuwe velden die we niet gebruiken: {names}."),
    "missing": gettext_lazy("{what}: deze velden ontbreken: {names}. Wat hier al stond, blijft staan."),
    "other_type": gettext_lazy("{what}: deze velden hebben een andere vorm: {names}. We lezen ze niet."),
    "unnamed": gettext_lazy(
        "{what}: soms zegt de naam niet wat erin staat ({names}). Zo’n bestand ligt nu in de map ‘failed’."
    ),
    "unknown_value": gettext_lazy("{what}: in deze velden staat een code die we niet kennen: {names}."),
}


def of_trouble(code: str, detail: Mapping[str, Any]) -> Sentence:
    """What a colleague reads of this trouble."""
    wrong, mend = _SENTENCES.get(code, _UNEXPECTED)
    return Sentence(str(wrong).format(sink=detail.get("sink", "")), str(mend))


def of_drift(drift: Mapping[str, Mapping[str, Sequence[str]]]) -> list[str]:
    """A sentence for each way in which a source changed."""
    return [
        str(_DRIFTS[kind]).format(what=label_of(what), names=", ".join(names))
        for what, kinds in drift.items()
        for kind, names in kinds.items()
        if kind in _DRIFTS
    ]


def label_of(sink: str) -> str:
    """The kind of data in words."""
    try:
        return str(sinks.get(sink).label)
    except sinks.UnknownSink:
        return {"deleted_members": _("Verwijderde leden"), "_files": _("Bestanden")}.get(sink, sink)
