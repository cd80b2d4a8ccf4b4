"""What became of a message, in one sentence for each reason: the same words on every page of a colleague."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bibmail.tenancy.templatetags.bibmail import moment
from campaigns.models import LegalBasis, Message

Reason, State, Delivery = Message.Reason, Message.State, Message.Delivery

# Why a mail did not leave, said of the person as the timeline says it: "Wil hierover geen mail."
_REASONS: Mapping[str, str | Promise] = {
    Reason.NO_CONSENT: gettext_lazy("Gaf geen toestemming voor mails over dit thema."),
    Reason.CONSENT_WITHDRAWN: gettext_lazy("Trok de toestemming in voor de mail vertrok."),
    Reason.NO_DATA_USE: gettext_lazy("Laat de gegevens die deze mail nodig heeft, niet gebruiken."),
    Reason.SUPPRESSED: gettext_lazy("Staat op de niet-mailenlijst."),
    Reason.OBJECTED: gettext_lazy("Schreef zich uit."),
    Reason.NO_ADDRESS: gettext_lazy("Heeft geen e-mailadres."),
    Reason.UNDER_AGE: gettext_lazy("Is jonger dan 13. Kinderen mailen we niet zelf."),
    Reason.ERASED: gettext_lazy("Liet de eigen gegevens wissen."),
    Reason.FREQUENCY_CAP: gettext_lazy(
        "Kreeg al het maximum aantal mails: gewoonlijk 1 in 3 dagen en 4 in 30 dagen."
    ),
    Reason.PAUSED: gettext_lazy("Vroeg om een pauze, en die duurde te lang voor deze mail."),
    Reason.TRIAL: gettext_lazy("De bib draait nog in proef: dan krijgen alleen collega’s mail."),
    Reason.STOPPED: gettext_lazy("Een collega legde het versturen stil."),
    Reason.NO_CONTENT: gettext_lazy("Er was niets te vertellen. Een mail zonder inhoud sturen we niet."),
    Reason.LEFT_JOURNEY: gettext_lazy("Verliet de klantreis voor de mail vertrok."),
    Reason.TOO_LATE: gettext_lazy("Het moment voor deze mail was voorbij."),
    Reason.REFUSED: gettext_lazy("De mailprovider weigerde deze mail."),
    Reason.NOT_RENDERED: gettext_lazy(
        "De mail kon niet gemaakt worden. Dat ligt aan Bibmail: meld het aan de helpdesk."
    ),
    Reason.DUPLICATE_ADDRESS: gettext_lazy("Hetzelfde adres kreeg deze mail al."),
}

_DELIVERIES: Mapping[int, str | Promise] = {
    Delivery.NONE: gettext_lazy("Of de mail aankwam, weten we nog niet."),
    Delivery.DELIVERED: gettext_lazy("De mail kwam aan."),
    Delivery.SOFT_BOUNCE: gettext_lazy("De mail kwam niet aan. De mailbox was vol of even onbereikbaar."),
    Delivery.HARD_BOUNCE: gettext_lazy(
        "De mail was onbestelbaar. Kijk het adres na in het bibliotheeksysteem."
    ),
    Delivery.COMPLAINED: gettext_lazy("De mail werd gemeld als spam. We sturen alleen nog servicemails."),
}

_BASES: Mapping[str, str | Promise] = {
    LegalBasis.CONTRACT: gettext_lazy(
        "Deze mail hoort bij het lidmaatschap. Daar is geen toestemming voor nodig."
    ),
    LegalBasis.LIBRARY_POLICY: gettext_lazy("De bib besliste om deze mail naar alle nieuwe leden te sturen."),
    LegalBasis.SOFT_OPT_IN: gettext_lazy("De bib mag dit mailen aan wie al klant is."),
}


def of_reason(reason: str) -> str:
    """Why a mail did not leave; a code without words shows itself."""
    return str(_REASONS.get(reason, reason))


def of_delivery(delivery: int) -> str:
    """What the receiving side told of a mail that left."""
    return str(_DELIVERIES[delivery])


def of_basis(legal_basis: str, topic: str) -> str:
    """What carried a mail: the topic (by its label) whose consent did, else the basis it had."""
    if topic:
        return _("Vertrok met de toestemming voor ‘%(topic)s’.") % {"topic": topic}
    return str(_BASES.get(legal_basis, ""))


def of_message(message: Message) -> str:
    """What became of one message: whether it left and came, or why it did not."""
    match message.state:
        case State.ACCEPTED:
            return of_delivery(message.delivery)
        case State.UNKNOWN if message.resent_as:
            return _(
                "De mailprovider antwoordde niet. Een collega stuurde de mail daarom opnieuw, als een nieuw bericht."
            )
        case State.UNKNOWN:
            return _(
                "De mailprovider antwoordde niet. We weten nog niet of de mail vertrok, en sturen hem geen tweede"
                " keer."
            )
        case State.QUEUED | State.CLAIMED | State.SUBMITTING:
            return _("De mail wacht. Hij vertrekt ten vroegste %(moment)s.") % {
                "moment": moment(message.not_before)
            }
    return of_reason(message.reason)
