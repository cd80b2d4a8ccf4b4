"""People who may be one, side by side, and what colleagues did about it, in words for the pages."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.matching.joining import who_stays
from members.matching.pairs import Pair, to_look_at
from members.matching.rules import Rule
from members.models import Activity, ActivityKind, Contact, HouseholdMember, IdentityChange, Membership
from members.quality import Other
from members.retention import IMAGE_DAYS
from members.source_names import Names

_WHY = {
    Rule.CARD: gettext_lazy("Ze hebben dezelfde lidkaart."),
    Rule.PROFILE: gettext_lazy("Ze hebben hetzelfde Mijn Bibliotheek-profiel."),
    Rule.ADDRESS_AND_BIRTH: gettext_lazy("Ze hebben hetzelfde e-mailadres en dezelfde geboortedatum."),
    Rule.ADDRESS_AND_NAME: gettext_lazy("Ze hebben hetzelfde e-mailadres en dezelfde naam."),
}
_DOUBT = {
    Rule.CARD: gettext_lazy("De geboortedatum verschilt: misschien ging de kaart over naar iemand anders."),
    Rule.PROFILE: gettext_lazy("De geboortedatum verschilt: misschien delen twee mensen het profiel."),
    Rule.ADDRESS_AND_BIRTH: gettext_lazy("De voornaam verschilt: een roepnaam, of een tweeling?"),
    Rule.ADDRESS_AND_NAME: gettext_lazy(
        "Van één van de twee kennen we de geboortedatum niet: ouder en kind?"
    ),
}
_ABOUT = {ActivityKind.EVENT_REGISTRATION, ActivityKind.EVENT_ATTENDANCE}
_MOST_PARTS = 100
# What could not be put back, in words.
_LEFT = {
    "members_activity": gettext_lazy("wat intussen naar iemand anders ging of niet meer bewaard is"),
    "members_activitybaseline": gettext_lazy("oude tellingen die intussen veranderden"),
    "members_householdmember": gettext_lazy("een gezin dat intussen veranderde"),
    "consent_consent": gettext_lazy("toestemmingen die intussen eindigden"),
    "campaigns_message": gettext_lazy("mails die niet meer vertrokken"),
    "journeys_journeyentry": gettext_lazy("deelnames aan klantreizen die eindigden"),
}


class Side(NamedTuple):
    """One of two people, as a card shows them."""

    contact: Contact
    born: str
    card: str
    membership: str
    source: str
    activities_count: int
    stays: bool


class Double(NamedTuple):
    """A pair with why we ask; `kept_id` and `other_id` is the way round we propose."""

    sides: list[Side]
    why: str
    doubt: str
    kept_id: int
    other_id: int
    rule: str


class Change(NamedTuple):
    """What was joined or taken apart, as the page of a person tells it."""

    change: IdentityChange
    words: str
    until: date | None
    left: str


class _Known(NamedTuple):
    """What the cards of many people are made of."""

    people: dict[int, Contact]
    memberships: dict[int, Membership]
    activity_counts: dict[int, int]


def shown(pairs: Sequence[Pair]) -> list[Double]:
    """Each pair with its two sides; three queries, however many there are."""
    known = _known({pk for pair in pairs for pk in (pair.first_id, pair.second_id)})
    return [
        _double(known, pair.first_id, pair.second_id, rule=pair.judgement.rule, is_certain=pair.is_certain)
        for pair in pairs
    ]


def both(one_id: int, other_id: int) -> Double:
    """Two people whom a colleague put side by side; raises KeyError for one we do not know."""
    return _double(_known({one_id, other_id}), one_id, other_id, rule=None, is_certain=True)


def _known(ids: set[int]) -> _Known:
    counted = Activity.objects.filter(contact_id__in=ids).values("contact_id").annotate(count=Count("pk"))
    return _Known(
        Contact.objects.in_bulk(ids),
        {m.contact_id: m for m in Membership.objects.filter(contact_id__in=ids)},
        {row["contact_id"]: row["count"] for row in counted.order_by("contact_id")},
    )


def _double(known: _Known, one_id: int, other_id: int, *, rule: Rule | None, is_certain: bool) -> Double:
    one, other = known.people[one_id], known.people[other_id]
    kept, gone = who_stays(one, other, having_membership=known.memberships)
    return Double(
        sides=[_side(contact, known, stays=contact.pk == kept.pk) for contact in (kept, gone)],
        why=str(_WHY.get(rule, "")) if rule else "",
        doubt="" if is_certain or rule is None else str(_DOUBT.get(rule, "")),
        kept_id=kept.pk,
        other_id=gone.pk,
        rule=rule.value if rule else "",
    )


def _side(contact: Contact, known: _Known, *, stays: bool) -> Side:
    membership, activities_count = known.memberships.get(contact.pk), known.activity_counts.get(contact.pk, 0)
    born = contact.date_of_birth
    since = membership.enrolled_on if membership else None
    return Side(
        contact=contact,
        born=date_format(born, "j F Y") if born else "",
        card=membership.masked_card_number if membership else "",
        membership=_("lid sinds %(day)s") % {"day": date_format(since, "j F Y")} if since else "",
        source=Names().of(contact.source),
        activities_count=activities_count,
        stays=stays,
    )


def as_trouble(at: datetime) -> Other | None:
    """For the report on the data: how many may be in here twice."""
    found = to_look_at(on=localdate(at))
    if not found:
        return None
    return Other(
        title=_("Mensen die er misschien twee keer in staan"),
        why=_("Ze krijgen dan elke mail twee keer, en hun geschiedenis staat half."),
        found_count=len(found),
        page="doubles",
        mend=_("Vergelijk ze en voeg ze samen."),
        tone="bad",
    )


def changes_of(contact: Contact, *, at: datetime) -> list[Change]:
    """What was joined to this person or taken from them, newest first."""
    found = IdentityChange.objects.filter(kept=contact).select_related("by", "other")[:20]
    return [_change(change, at=at) for change in found]


def recent(*, at: datetime) -> list[Change]:
    """The last joinings of the library that can still be undone."""
    found = IdentityChange.objects.filter(undone_at__isnull=True).exclude(images={})
    return [_change(change, at=at) for change in found.select_related("by", "other", "kept")[:10]]


def _change(change: IdentityChange, *, at: datetime) -> Change:
    name = change.other.full_name or change.other.external_id or ""
    words = (
        _("Samengevoegd met %(name)s.")
        if change.kind == IdentityChange.Kind.MERGE
        else _("%(name)s is afgesplitst.")
    ) % {"name": name}
    until = change.at + timedelta(days=IMAGE_DAYS)
    return Change(
        change=change,
        words=words,
        until=until.date() if change.can_be_undone and until > at else None,
        left=left(change),
    )


def left(change: IdentityChange) -> str:
    """What undoing could not put back, in words."""
    return ", ".join(str(_LEFT.get(code, _("enkele gegevens"))) for code in change.left_behind)


def parts_of(contact: Contact) -> list[tuple[str, str]]:
    """What of a person can go to another: `activity:12` or `link:3` with its words, newest first."""
    acts = Activity.objects.filter(contact=contact).select_related("branch").order_by("-occurred_at", "-pk")
    links = HouseholdMember.objects.filter(contact=contact).select_related("household").order_by("pk")
    return [
        *((f"activity:{act.pk}", _act(act)) for act in acts[:_MOST_PARTS]),
        *(
            (f"link:{link.pk}", _("Gezin, als %(role)s") % {"role": link.get_role_display().lower()})
            for link in links
        ),
    ]


def _act(act: Activity) -> str:
    day = date_format(localdate(act.occurred_at), "j F Y")
    what = ActivityKind(act.kind).label
    # Titles of what somebody borrowed are never shown.
    about = act.subject_name if act.kind in _ABOUT else ""
    return ", ".join(str(part) for part in (day, what, about) if part)
