"""The services libraries have, with the words and ages the network gives them; a library may say it otherwise."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service. `is_digital` ones are used at home with the card."""

    code: str
    title: str | Promise
    text: str | Promise
    action: str | Promise
    is_digital: bool = False
    min_age: int = 0
    max_age: int = 120
    # Shown only to who has linked children and lets that be used.
    is_for_children: bool = False


SERVICES = {
    service.code: service
    for service in (
        Service(
            code="ebooks",
            title=_("E-boeken"),
            text=_(
                "Leen e-boeken met je lidkaart en lees ze op je smartphone, tablet, computer of e-reader."
            ),
            action=_("Ontdek de e-boeken"),
            is_digital=True,
            min_age=12,
        ),
        Service(
            code="cinebib",
            title=_("Films kijken met Cinebib"),
            text=_(
                "Kijk thuis naar films en documentaires die de bibliotheken voor je uitkozen. Je meldt je aan met je"
                " profiel van Mijn Bibliotheek."
            ),
            action=_("Bekijk de films"),
            is_digital=True,
            min_age=16,
        ),
        Service(
            code="fundels",
            title=_("Fundels"),
            text=_(
                "Prentenboeken die bewegen, met spelletjes erbij. Voor kinderen van 3 tot 10 jaar, op de tablet of"
                " de computer. Meld je aan met je bibliotheekprofiel."
            ),
            action=_("Ontdek Fundels"),
            is_digital=True,
            max_age=10,
            is_for_children=True,
        ),
        Service(
            code="bieblo",
            title=_("Bieblo"),
            text=_("Laat je kind swipen en vind acht boeken die nu in de bib liggen."),
            action=_("Zoek boeken met Bieblo"),
            is_digital=True,
            min_age=6,
            max_age=12,
            is_for_children=True,
        ),
        Service(
            code="digipunt",
            title=_("Digipunt"),
            text=_("Hulp bij je computer, smartphone of tablet, op jouw tempo."),
            action=_("Lees meer over het Digipunt"),
        ),
        Service(
            code="seat_reservations",
            title=_("Studieplekken"),
            text=_("Een rustige plek om te studeren of te werken. Je reserveert ze vooraf."),
            action=_("Reserveer een studieplek"),
            min_age=12,
        ),
        Service(
            code="reading_groups",
            title=_("Leesgroepen"),
            text=_("Praat met anderen over een boek dat jullie allemaal lazen."),
            action=_("Bekijk de leesgroepen"),
            min_age=16,
        ),
        Service(
            code="home_delivery",
            title=_("Bib aan huis"),
            text=_("Raak je moeilijk buiten? Dan brengen we boeken bij je thuis."),
            action=_("Vraag de bib aan huis"),
            min_age=18,
        ),
        Service(
            code="open_plus",
            title=_("Open zonder personeel"),
            text=_("Met je lidkaart ga je ook binnen wanneer er niemand aan de balie zit."),
            action=_("Lees hoe dat werkt"),
            min_age=16,
        ),
        Service(
            code="boekstart",
            title=_("Boekstart"),
            text=_("Een pakketje met boekjes en tips voor baby’s en peuters. Vraag ernaar aan de balie."),
            action=_("Lees meer over Boekstart"),
            max_age=3,
            is_for_children=True,
        ),
        Service(
            code="leesjury",
            title=_("Leesjury"),
            text=_("Kinderen lezen samen een reeks boeken en kiezen het beste."),
            action=_("Lees meer over de Leesjury"),
            min_age=4,
            max_age=16,
            is_for_children=True,
        ),
    )
}
DIGITAL = tuple(code for code, service in SERVICES.items() if service.is_digital)
