"""Where somebody stands on a journey, and why they left, in the same words on every page."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bibmail.tenancy.templatetags.bibmail import day
from journeys.definition import Definition
from journeys.models import JourneyEntry, JourneyTally
from members.models import ActivityKind

Exit, Figure = JourneyEntry.Exit, JourneyTally.Figure

# What is said of the person who left: "Bereikte het doel."
_EXITS: Mapping[str, str | Promise] = {
    Exit.COMPLETED: gettext_lazy("Kwam aan het einde."),
    Exit.GOAL: gettext_lazy("Bereikte het doel."),
    Exit.OBJECTED: gettext_lazy("Schreef zich uit, of wil hierover geen mail meer."),
    Exit.SUPPRESSED: gettext_lazy("Staat nu op de niet-mailenlijst."),
    Exit.MEMBERSHIP_ENDED: gettext_lazy("Is geen lid meer."),
    Exit.NO_PERIOD: gettext_lazy("Er was geen examenperiode ingesteld."),
    Exit.NOT_OFFERED: gettext_lazy("De bib heeft dit aanbod niet."),
    Exit.NO_CONTENT: gettext_lazy("Er was niets te vertellen."),
    Exit.OVERDUE: gettext_lazy("De stap was te lang voorbij."),
    Exit.STOPPED: gettext_lazy("Een collega stopte de klantreis."),
    Exit.SAME_PERSON: gettext_lazy("Bleek dezelfde persoon als iemand die al onderweg was."),
}

# Where people fall off the bridge, as in "34 zonder e-mailadres".
_FALLS: Mapping[str, str | Promise] = {
    Figure.NO_ADDRESS: gettext_lazy("zonder e-mailadres"),
    Figure.NO_ADULT: gettext_lazy("jonger dan 13 zonder gekoppelde ouder"),
    Figure.NO_CONSENT: gettext_lazy("willen hierover geen mail"),
    Figure.NO_DATA_USE: gettext_lazy("laten die gegevens niet gebruiken"),
    Figure.SUPPRESSED: gettext_lazy("op de niet-mailenlijst"),
    Figure.RECENTLY: gettext_lazy("waren er pas nog in"),
}


def of_exit(reason: str) -> str:
    return str(_EXITS.get(reason, reason))


def of_fall(figure: str) -> str:
    return str(_FALLS[figure])


def of_place(entry: JourneyEntry, definition: Definition) -> str:
    """Where this entry stands: `Wacht een week, tot dinsdag 8 december.`"""
    step = definition.steps.get(entry.step_key)
    label = step.label if step else entry.step_key
    if entry.is_waiting and entry.due_at:
        return _("%(step)s, tot %(day)s.") % {"step": label, "day": day(entry.due_at)}
    return _("%(step)s.") % {"step": label}


def of_goal(definition: Definition) -> str:
    """What the journey hopes for: `Het doel: een boek lenen of zich aanmelden, binnen 30 dagen.`"""
    goal = definition.goal
    if not goal:
        return ""
    acts = [_("weer iets doen in de bib")] if goal.get("active_again") else []
    acts += [str(_GOALS[kind]) for kind in goal.get("activities", [])]
    values = {"acts": _(" of ").join(acts), "days": goal.get("within_days", 60)}
    if goal.get("exits"):
        return _("Het doel: %(acts)s, binnen %(days)s dagen. Wie dat doet, is klaar.") % values
    return _("Het doel: %(acts)s, binnen %(days)s dagen. Wie dat doet, krijgt de andere mails ook.") % values


_GOALS: Mapping[str, str | Promise] = {
    ActivityKind.LOAN: gettext_lazy("iets lenen"),
    ActivityKind.PROFILE_LOGIN: gettext_lazy("zich aanmelden bij Mijn Bibliotheek"),
    ActivityKind.EBOOK_LOAN: gettext_lazy("een e-boek lenen"),
    ActivityKind.FILM_STREAM: gettext_lazy("een film kijken"),
    ActivityKind.EVENT_REGISTRATION: gettext_lazy("zich inschrijven voor een activiteit"),
    ActivityKind.MEMBERSHIP_RENEWED: gettext_lazy("het lidmaatschap verlengen"),
}
