"""What waits for a colleague, and the steps to the first journey: sentences made from counts."""

from typing import NamedTuple

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bibmail.desk import mail_things
from bibmail.desk.mail_things import Thing
from bibmail.desk.queries import Mailing, People, Setup
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import exists, page
from members.models import ImportRun


class Step(NamedTuple):
    """One line of the checklist; the first that is not done is the one to do now."""

    label: str
    words: str
    url: str
    button: str
    is_done: bool
    is_now: bool


def things(request: LibraryRequest, setup: Setup, mailing: Mailing, imports: list[ImportRun]) -> list[Thing]:
    """The most urgent first: mails that stand still, files, rows left behind, addresses, hours, second factor."""
    found = mail_things.stopped(request, mailing)
    found += [_failed(request, run) for run in imports if run.state == run.State.FAILED]
    found += mail_things.held_up(request, mailing)
    found += _refused(request, [run for run in imports if run.refused_count])
    found += mail_things.came_back(request, mailing)
    if setup.without_hours and request.staff_role.may_edit:
        found.append(_hours(request, setup.without_hours))
    if setup.unguarded_staff_count and request.staff_role.may_manage:
        found.append(_second_factor(request, setup.unguarded_staff_count))
    return found


def _failed(request: LibraryRequest, run: ImportRun) -> Thing:
    return Thing(
        "file-upload",
        "bad",
        _("‘%(file)s’ is niet ingeladen") % {"file": run.file_name},
        _("Er veranderde niets aan je gegevens. Kijk waarom, en laad het bestand daarna opnieuw."),
        page(request, "import", run.pk),
        _("Kijk waarom"),
    )


def _refused(request: LibraryRequest, runs: list[ImportRun]) -> list[Thing]:
    """One line, however many files left rows behind."""
    if not runs:
        return []
    count = sum(run.refused_count for run in runs)
    url = page(request, "import", runs[0].pk) if len(runs) == 1 else page(request, "data")
    title = ngettext("Kijk %(count)s rij na", "Kijk %(count)s rijen na", count)
    files = ngettext(
        "Die laadden we niet in, uit %(files)s bestand. Bij elke rij staat wat er scheelt.",
        "Die laadden we niet in, uit %(files)s bestanden. Bij elke rij staat wat er scheelt.",
        len(runs),
    )
    return [
        Thing(
            "database-import",
            "warn",
            title % {"count": number_format(count, force_grouping=True)},
            files % {"files": len(runs)},
            url,
            _("Toon de rijen") if len(runs) == 1 else _("Toon de bestanden"),
        )
    ]


def _hours(request: LibraryRequest, names: list[str]) -> Thing:
    count = len(names)
    listed = ", ".join(names[:3]) + (_(" en %(more)s andere") % {"more": count - 3} if count > 3 else "")
    return Thing(
        "clock-exclamation",
        "warn",
        ngettext(
            "Vul de openingsuren van %(count)s vestiging in",
            "Vul de openingsuren van %(count)s vestigingen in",
            count,
        )
        % {"count": count},
        _("%(names)s. Mails tonen die uren aan je leden.") % {"names": listed},
        page(request, "branches"),
        _("Vul de uren in"),
    )


def _second_factor(request: LibraryRequest, count: int) -> Thing:
    return Thing(
        "shield-lock",
        "warn",
        ngettext(
            "%(count)s medewerker heeft nog geen code op de telefoon",
            "%(count)s medewerkers hebben nog geen code op de telefoon",
            count,
        )
        % {"count": count},
        _("Met alleen een wachtwoord zijn de gegevens van je leden minder goed beschermd."),
        page(request, "staff"),
        _("Toon de medewerkers"),
    )


def steps(request: LibraryRequest, people: People, setup: Setup, mailing: Mailing) -> list[Step]:
    """From nothing to ready for a first journey."""
    slug = request.library.slug
    data = exists("library:import-add", slug) or ""
    plan = [
        (
            _("Vul je vestigingen en openingsuren in"),
            _("Ze staan in je mails, en elk lid hoort bij een vestiging."),
            page(request, "branches"),
            _("Vul de vestigingen in"),
            bool(setup.branches_count) and not setup.without_hours,
        ),
        (
            _("Laad je leden in"),
            _("Een bestand uit je bibliotheeksysteem. We kijken het eerst na."),
            data,
            _("Laad leden in"),
            people.people_count > 0,
        ),
        (
            _("Laad de toestemmingen in"),
            _("Zonder toestemming krijgt niemand een nieuwsbrief."),
            data,
            _("Laad toestemmingen in"),
            setup.consents_exist,
        ),
        (
            _("Kijk de thema’s na"),
            _("Schrijf in jullie woorden waarover mensen mail kunnen krijgen."),
            page(request, "topics"),
            _("Bekijk de thema’s"),
            setup.looked_at_topics_count > 0,
        ),
        (
            _("Bescherm je account"),
            _("Zet de code op je telefoon aan. Dat duurt twee minuten."),
            exists("mfa_index") or "",
            _("Zet de code aan"),
            setup.i_am_guarded,
        ),
        (
            _("Zet je eerste klantreis aan"),
            _("‘Welkom in de bib’: drie mails voor elk nieuw lid. De teksten staan klaar."),
            page(request, "journey", "welcome"),
            _("Bekijk de klantreis"),
            mailing.ever_on_count > 0,
        ),
    ]
    now = next((number for number, (*_rest, is_done) in enumerate(plan) if not is_done), None)
    return [Step(*line, is_now=number == now) for number, line in enumerate(plan)]
