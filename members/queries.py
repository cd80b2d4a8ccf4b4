from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple, TypeVar

from django.db import connection
from django.db.models import F, Model, Prefetch, Q, QuerySet

from bibmail.tenancy.models import Branch
from members.identity import NoAddress, folded, normalised_email
from members.models import (
    ActivityKind,
    Contact,
    ContactQuerySet,
    HouseholdMember,
    ImportChange,
    ImportRefusal,
    ImportRun,
    Membership,
)

_Row = TypeVar("_Row", bound=Model)

# A list longer than a person reads; one more letter shortens it.
MOST_FOUND = 50


def silent_import_runs(*, before: datetime) -> list[int]:
    """Runs that wait, or whose worker has not moved since `before`; oldest first."""
    stale = ImportRun.objects.filter(state=ImportRun.State.WAITING) | ImportRun.objects.filter(
        state=ImportRun.State.RUNNING, heartbeat_at__lt=before
    )
    return list(stale.order_by("created_at", "pk").values_list("pk", flat=True))


def next_waiting_run() -> int | None:
    """The run whose turn it is when no older one is under way."""
    waiting = ImportRun.objects.filter(state=ImportRun.State.WAITING).order_by("created_at", "pk")
    return waiting.values_list("pk", flat=True).first()


def find(words: str) -> list[Contact]:
    """People whose name begins with these words, or who have this address, number or card; at most 51.

    Prefixes use `^@`, which keeps its index under row-level security.
    """
    words = words.strip()
    if len(words) < 2:
        return []
    return list(_listed(_matching(words)).order_by("name_by_last", "pk")[: MOST_FOUND + 1])


def with_membership(contact_id: int) -> tuple[Contact, Membership | None]:
    """A person and their membership with its branch, in one query; raises Contact.DoesNotExist."""
    contact = Contact.objects.annotate(**_membership_columns()).get(pk=contact_id)
    membership = _joined(Membership, contact, "memberships")
    if membership is not None:
        membership.contact = contact
        membership.home_branch = _joined(Branch, contact, "memberships__home_branch")
    return contact, membership


def _membership_columns() -> dict[str, F]:
    """Each column of what is joined, under the name with which `_joined` finds it."""
    joined: tuple[tuple[type[Model], str], ...] = (
        (Membership, "memberships"),
        (Branch, "memberships__home_branch"),
    )
    paths = (f"{path}__{field.attname}" for model, path in joined for field in model._meta.concrete_fields)
    return {f"its_{path}": F(path) for path in paths}


def _joined(model: type[_Row], contact: Contact, path: str) -> _Row | None:
    names = [field.attname for field in model._meta.concrete_fields]
    values = [getattr(contact, f"its_{path}__{name}") for name in names]
    key = values[names.index("id")]
    return None if key is None else model.from_db(contact._state.db, names, values)


def newest_memberships() -> QuerySet[Membership]:
    """Memberships of people, newest first: the order of their index, so that ten are ten rows read."""
    people = Membership.objects.filter(contact__kind=Contact.Kind.PERSON, enrolled_on__isnull=False)
    return people.order_by("-enrolled_on", "-pk")


def newest_members() -> list[Contact]:
    """The ten who became a member last, newest first."""
    newest = newest_memberships().values_list("contact_id", flat=True)[:10]
    people = {contact.pk: contact for contact in _listed(Contact.objects.filter(pk__in=list(newest)))}
    return [people[pk] for pk in newest if pk in people]


def _matching(words: str) -> ContactQuerySet:
    if "@" in words:
        try:
            return Contact.objects.standing().filter(email_norm=normalised_email(words))
        except NoAddress:
            # Half an address while somebody types.
            return Contact.objects.standing().filter(email_norm__prefix=words.lower())
    if words.isdigit():
        cards = Membership.objects.filter(card_number=words).values("contact_id")
        meant = Contact.objects.filter(Q(external_id=words) | Q(pk__in=cards))
        # An old number of somebody who was joined finds the one that stayed.
        stayed = meant.filter(merged_into__isnull=False).values("merged_into_id")
        return Contact.objects.standing().filter(Q(pk__in=meant.values("pk")) | Q(pk__in=stayed))
    return Contact.objects.standing().named_like(folded(words))


def _listed(contacts: ContactQuerySet) -> ContactQuerySet:
    memberships = Membership.objects.select_related("home_branch")
    return contacts.prefetch_related(Prefetch("memberships", memberships))


def household_of(contact: Contact) -> list[HouseholdMember]:
    """The others in this person's households, adults first."""
    own = HouseholdMember.objects.filter(contact=contact, unlinked_on__isnull=True).values("household_id")
    return list(
        HouseholdMember.objects.filter(household__in=own, unlinked_on__isnull=True)
        .exclude(contact=contact)
        .select_related("contact")
        .order_by("role", "contact__date_of_birth", "pk")
    )


class Held(NamedTuple):
    """What we keep of one kind: rows, people, the days of the oldest and the newest, sources, and what is past."""

    kind: str
    rows: int
    people: int
    oldest: date | None
    newest: date | None
    sources: list[str]
    due: int


# Kind by kind, by the index of kinds; people and rows apart, since together all rows would be sorted by person.
_INVENTORY = """
    SELECT kind, rows,
           (SELECT count(*)
              FROM (SELECT DISTINCT contact_id FROM members_activity WHERE kind = found.kind) AS doers),
           (oldest AT TIME ZONE 'Europe/Brussels')::date, (newest AT TIME ZONE 'Europe/Brussels')::date,
           sources, due
      FROM (SELECT k.kind, sum(s.rows)::bigint AS rows, min(s.oldest) AS oldest, max(s.newest) AS newest,
                   array_agg(s.source ORDER BY s.source) AS sources, sum(s.due)::bigint AS due
              FROM unnest(%(kinds)s::text[], %(limits)s::timestamptz[]) AS k (kind, before)
             CROSS JOIN LATERAL (
                   SELECT source, count(*) AS rows, min(occurred_at) AS oldest, max(occurred_at) AS newest,
                          count(*) FILTER (WHERE occurred_at < k.before) AS due
                     FROM members_activity
                    WHERE kind = k.kind
                    GROUP BY source) AS s
             GROUP BY k.kind) AS found
     ORDER BY kind
"""

_COUNTS = """
    SELECT c.contacts, c.with_address,
           (SELECT count(*) FROM members_membership),
           (SELECT count(*) FROM members_household)
      FROM (SELECT count(*) AS contacts, count(*) FILTER (WHERE email_norm <> '') AS with_address
              FROM members_contact
             WHERE kind <> 'merged') AS c
"""


class Counts(NamedTuple):
    """How many rows of a library stand in the main tables."""

    contacts: int
    with_address: int
    memberships: int
    households: int


def inventory(limits: Mapping[ActivityKind, datetime | None]) -> list[Held]:
    """What we keep of what people did, of each kind in `limits`: before which moment it is past, or None."""
    with connection.cursor() as cursor:
        cursor.execute(_INVENTORY, {"kinds": list(limits), "limits": list(limits.values())})
        return [Held(*row) for row in cursor.fetchall()]


def counts() -> Counts:
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        return Counts(*cursor.fetchone())


_LAST_PER_SINK = """
    SELECT DISTINCT ON (sink) sink, finished_at, rows_count, refused_count
      FROM members_importrun
     WHERE state = 'done'
     ORDER BY sink, finished_at DESC, id DESC
"""


class LastDelivery(NamedTuple):
    """The last time a kind of file came in."""

    sink: str
    finished_at: datetime
    rows: int
    refused: int


def last_deliveries() -> dict[str, LastDelivery]:
    """Per kind of file, how fresh it is."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST_PER_SINK)
        return {row[0]: LastDelivery(*row) for row in cursor.fetchall()}


def refusals_of(run: ImportRun, *, code: str = "") -> "list[ImportRefusal]":
    """The refused rows of a run in the order of the file; all of them, for a download."""
    refusals = ImportRefusal.objects.filter(run=run)
    return list((refusals.filter(code=code) if code else refusals).order_by("line", "pk"))


class Standing(NamedTuple):
    """One thing somebody is to the library: another relation, a list they are on, or a stage."""

    kind: str
    value: str
    source: str
    since: datetime
    until: datetime | None


_STANDING = """
    SELECT 'relation' AS kind, relation AS value, source, since, until
      FROM members_contactrelation
     WHERE contact_id = %(contact_id)s AND (until IS NULL OR until > %(at)s) AND relation <> %(main)s
     UNION ALL
    SELECT 'list', k.name, l.source, l.since, NULL
      FROM members_listmember AS l JOIN members_contactlist AS k ON k.id = l.contact_list_id
     WHERE l.contact_id = %(contact_id)s AND l.until IS NULL AND NOT k.is_archived
     UNION ALL
    SELECT 'stage', stage, '', since, NULL
      FROM members_funnelstage WHERE contact_id = %(contact_id)s AND until IS NULL
     ORDER BY kind DESC, since, value
"""


def standing_of(contact: Contact, *, at: datetime) -> list[Standing]:
    """The other relations, the lists and the stage of one person, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"contact_id": contact.pk, "main": contact.relation, "at": at})
        return [Standing(*row) for row in cursor.fetchall()]


def left_contacts(run: ImportRun) -> list[Contact]:
    """A few of the people whose data undoing this run left, because it changed since."""
    if not run.undoing.get("left"):
        return []
    ids = ImportChange.objects.filter(run=run, is_left=True, table="members_contact").values("row_id")
    return list(Contact.objects.filter(pk__in=ids).order_by("name_by_last", "pk")[:25])
