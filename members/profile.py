"""A person as a page shows them: facts with where they come from, and the household."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members import queries, relations
from members.models import (
    Contact,
    FunnelStage,
    HouseholdMember,
    Membership,
)
from members.models.sourced import BY_HAND, Sourced
from members.source_names import Names

_LANGUAGES = {
    "nl": gettext_lazy("Nederlands"),
    "fr": gettext_lazy("Frans"),
    "en": gettext_lazy("Engels"),
    "de": gettext_lazy("Duits"),
}


class Results(NamedTuple):
    """What a search found."""

    words: str
    people: list[Contact]
    has_more: bool


class Fact(NamedTuple):
    """One thing we know and where it comes from."""

    label: str
    value: str
    source: str


class HeldRelation(NamedTuple):
    """Something somebody is beside the main relation, until when, and who says so."""

    relation_id: int
    relation_name: str
    label: str
    source: str


class Profile(NamedTuple):
    """The head of a person's page."""

    contact: Contact
    membership: Membership | None
    is_member: bool
    age: int | None
    initials: str
    facts: list[Fact]


class Relative(NamedTuple):
    """Somebody else in the household."""

    link: HouseholdMember
    age: int | None


def of(contact: Contact, membership: Membership | None, *, on: date) -> Profile:
    """Everything the page says of one person on this day."""
    sources = Names()
    names = [name for name in (contact.first_name, contact.last_name) if name]
    return Profile(
        contact=contact,
        membership=membership,
        is_member=membership is not None and membership.is_valid(on),
        age=contact.age(on),
        initials="".join(name[0] for name in names).upper() or "?",
        facts=[
            *_contact_facts(contact, sources),
            *(_membership_facts(membership, sources) if membership else []),
        ],
    )


def household(contact: Contact, *, on: date) -> list[Relative]:
    return [Relative(link, link.contact.age(on)) for link in queries.household_of(contact)]


def _contact_facts(contact: Contact, names: Names) -> list[Fact]:
    born = contact.date_of_birth
    place = " ".join(part for part in (contact.postal_code, contact.city) if part)
    return [
        Fact(_("E-mail"), contact.email, _source(contact, "email", names)),
        Fact(
            _("Geboren"), date_format(born, "j F Y") if born else "", _source(contact, "date_of_birth", names)
        ),
        Fact(_("Woonplaats"), place, _source(contact, "postal_code", names)),
        Fact(
            _("Taal"),
            str(_LANGUAGES.get(contact.language, contact.language)),
            _source(contact, "language", names),
        ),
    ]


def standing_facts(contact: Contact, *, at: datetime) -> list[Fact]:
    """What else somebody is to the library, on which lists, how close they came, and until when we keep them."""
    facts, names = [], Names()
    for row in queries.standing_of(contact, at=at):
        if row.kind == "relation":
            facts.append(
                Fact(_("Ook"), _relation_words(row.value, row.until), _said(row.source, row.since, names))
            )
        elif row.kind == "list":
            facts.append(Fact(_("Op lijst"), row.value, _said(row.source, row.since, names)))
        else:
            facts.append(Fact(_("Fase"), str(FunnelStage.Stage(row.value).label), _since(row.since)))
    if contact.expires_on:
        until = date_format(contact.expires_on, "j F Y")
        facts.append(Fact(_("Bewaren tot"), until, _("als we niets meer horen")))
    return facts


def held_relations(contact: Contact, *, at: datetime) -> list[HeldRelation]:
    """What somebody is to the library now beside the main relation, the longest first."""
    names = Names()
    return [
        HeldRelation(
            one.pk,
            one.get_relation_display().lower(),
            _relation_words(one.relation, one.until),
            _said(one.source, one.since, names),
        )
        for one in relations.current(contact, at=at)
    ]


def _relation_words(relation: str, until: datetime | None) -> str:
    label = str(Contact.Relation(relation).label)
    if until is None:
        return label
    last_day = localdate(until - timedelta(microseconds=1))
    return _("%(relation)s, tot en met %(day)s") % {
        "relation": label,
        "day": date_format(last_day, "j F Y"),
    }


def _membership_facts(membership: Membership, names: Names) -> list[Fact]:
    since = membership.enrolled_on
    return [
        Fact(_("Lidkaartnummer"), membership.masked_card_number, _source(membership, "card_number", names)),
        Fact(_("Type lidmaatschap"), membership.public_type, _source(membership, "membership_type", names)),
        Fact(
            _("Lid sinds"),
            date_format(since, "j F Y") if since else "",
            _source(membership, "enrolled_on", names),
        ),
    ]


def _source(row: Sourced, column: str, names: Names) -> str:
    return source_words(*row.source_of(column), names)


def _since(moment: datetime) -> str:
    return _("sinds %(day)s") % {"day": date_format(localdate(moment), "j F Y")}


def _said(source: str, moment: datetime, names: Names) -> str:
    return source_words(source, moment.isoformat(), names)


def source_words(source: str, moment: str, names: Names | None = None) -> str:
    """`uit Wise, 2 september 2026`, of a source and an ISO moment."""
    day = date_format(localdate(datetime.fromisoformat(moment)), "j F Y")
    if source == BY_HAND:
        # It comes out of nothing: a colleague wrote it.
        return _("met de hand, %(day)s") % {"day": day}
    return _("uit %(source)s, %(day)s") % {"source": (names or Names()).of(source), "day": day}
