"""Two libraries with enough in them that every page has something to show."""

import random
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone

from bibmail.network.models import LibraryStatsDaily
from bibmail.tenancy import acting_for, actions
from bibmail.tenancy.hours import Interval
from bibmail.tenancy.models import Branch, Library, OpeningException, StaffRole, User
from consent.models import SignupForm
from members import lists
from members.models import Contact, ContactList, ImportRun, Segment
from members.segments import changes, edit
from tests import factories, journeys_stage, mails_stage, members_stage, sources_stage

PASSWORD = "vier gewone woorden achter elkaar"
PROVINCES = ["Antwerpen", "Limburg", "Oost-Vlaanderen", "Vlaams-Brabant", "West-Vlaanderen", "Brussel"]


class Stage(NamedTuple):
    """Who plays, and the addresses of every page by a short name."""

    admin: User
    reader: User
    network: User
    newcomer: User
    library_pages: dict[str, str]
    # Pages of readers, who have no login: a token opens them.
    member_pages: dict[str, str]


def set_up() -> Stage:
    now, chance = timezone.now(), random.Random(7)  # noqa: S311  # a stage, no secret
    zottegem = factories.a_library(
        slug="zottegem", name="Bib Zottegem", province="Oost-Vlaanderen", state=Library.State.LIVE
    )
    admin = factories.a_user(email="els@example.be", name="Els Verhaeghe", password=PASSWORD)
    reader = factories.a_user(email="jan@example.be", name="Jan Peeters", password=PASSWORD)
    network = factories.a_user(email="lieve@example.be", name="Lieve Kestens", password=PASSWORD)
    newcomer = factories.a_user(email="nieuw@example.be", name="Amina El Idrissi", password=PASSWORD)
    role = factories.a_role(zottegem, user=admin)
    factories.a_role(zottegem, user=reader, role=StaffRole.Role.READER, sees_people=False)
    invited = factories.a_role(
        zottegem, user=factories.a_user(name="Sofie De Graeve"), role=StaffRole.Role.EDITOR
    )
    factories.a_network_role(network)
    with acting_for(zottegem.pk):
        centre = _branches(admin)
        contact = _people(chance, centre)
        segment = _segments(admin, now)
        run = _imports()
        for number in range(60):
            actions.save_week(branch=centre, intervals=_hours(), by=admin, at=now - timedelta(hours=number))
    _network(chance)
    pages = {name: reverse(f"library:{name}", args=["zottegem"]) for name in _PLAIN}
    pages |= {
        "branch": reverse("library:branch", args=["zottegem", centre.pk]),
        "hours": reverse("library:hours", args=["zottegem", centre.pk]),
        "staff-role": reverse("library:staff-role", args=["zottegem", invited.pk]),
        "staff-role-own": reverse("library:staff-role", args=["zottegem", role.pk]),
        "staff-remove": reverse("library:staff-remove", args=["zottegem", role.pk]),
        "contact": reverse("library:contact", args=["zottegem", contact.pk]),
        "contact-segments": reverse("library:contact-segments", args=["zottegem", contact.pk]),
        **{name: reverse(f"library:{name}", args=["zottegem", segment.pk]) for name in _OF_A_SEGMENT},
        "segment-why": reverse("library:segment-why", args=["zottegem", segment.pk, contact.pk]),
        "import": reverse("library:import", args=["zottegem", run.pk]),
        "topic": reverse("library:topic", args=["zottegem", "newsletter"]),
        "service": reverse("library:service", args=["zottegem", "digipunt"]),
    }
    mails_stage.a_month_of_mails(zottegem, chance)
    with acting_for(zottegem.pk):
        pages |= mails_stage.addresses(zottegem, centre, admin)
        pages |= sources_stage.addresses()
        member_pages = members_stage.addresses(zottegem.pk)
        form = SignupForm.objects.get()
        readers = ContactList.objects.create(
            name="Leesgroep", purpose="Samen lezen", owner=admin, created_at=now
        )
        lists.add(readers.pk, [contact.pk], source="bibmail", by=None, at=now)
    pages |= {
        "signup-form": reverse("library:signup-form", args=["zottegem", form.pk]),
        "list": reverse("library:list", args=["zottegem", readers.pk]),
        "list-edit": reverse("library:list-edit", args=["zottegem", readers.pk]),
        "list-archive": reverse("library:list-archive", args=["zottegem", readers.pk]),
    }
    journeys_stage.play(zottegem, admin, chance)
    pages |= journeys_stage.addresses("zottegem")
    return Stage(admin, reader, network, newcomer, pages, member_pages)


_PLAIN = [
    *("start", "settings", "branches", "branch-add", "staff", "staff-invite", "audit", "topics"),
    *("contacts", "data", "import-add", "import-presets", "inventory", "segments"),
    *("brand", "texts", "services"),
    *("lists", "list-add", "signup-forms", "signup-form-add"),
]


_OF_A_SEGMENT = (
    *("segment", "segment-reach", "segment-people", "segment-versions", "segment-compare", "segment-archive"),
)


def _segments(admin: User, now: datetime) -> Segment:
    """Groups in a group, a rule that is turned round, and one that needs a data use."""
    rule = {
        "all": [
            {"field": "age", "op": "gte", "value": 18},
            {
                "any": [
                    {"field": "branch", "op": "in", "value": ["3550"]},
                    {"field": "window_loan", "op": "gte", "value": {"times": 1, "days": 90}},
                    {"all": [{"field": "has_email", "op": "is", "value": True}]},
                ]
            },
            {"not": {"field": "expired", "op": "lte", "value": 90}},
        ]
    }
    segment = changes.create("Ouders met jonge kinderen", at=now, by=admin, rule=rule)
    changes.change(segment.pk, lambda found: edit.turned(found, (0,)), at=now)
    return segment


def _hours() -> list[Interval]:
    return [
        Interval(2, time(9), time(12)),
        Interval(2, time(13), time(18)),
        Interval(3, time(13), time(18)),
        Interval(4, time(13), time(20), is_self_service=True),
        Interval(6, time(10), time(12, 30)),
    ]


def _branches(admin: User) -> Branch:
    today = timezone.localdate()
    centre = factories.a_branch(
        code="3550",
        name="Centrum",
        street="Heldenlaan",
        house_number="37",
        postal_code="9620",
        city="Zottegem",
    )
    factories.a_branch(code="3551", name="Velzeke", kind=Branch.Kind.SERVICE_POINT)
    for first, last, note in [(10, 10, "Allerheiligen"), (30, 44, "Kerstvakantie")]:
        exception = OpeningException(
            starts_on=today + timedelta(days=first), ends_on=today + timedelta(days=last), note=note
        )
        actions.add_exception(branch=centre, exception=exception, by=admin, at=timezone.now())
    return centre


def _people(chance: random.Random, branch: Branch) -> Contact:
    today = timezone.localdate()
    for number in range(120):
        fields = {"email_norm": "", "email": "", "recipient_hash": None}
        if number % 4:
            address = f"lezer{number}@example.be"
            fields = {"email": address, "email_norm": address, "recipient_hash": _uuid(chance)}
        contact = factories.a_contact(external_id=f"8{number:05}", **fields)
        enrolled = today - timedelta(days=chance.randrange(20, 380))
        factories.a_membership(
            contact, enrolled_on=enrolled, expires_on=enrolled + timedelta(days=420), home_branch=branch
        )
        if number % 3 == 0:
            factories.a_consent(contact, opened_at=timezone.now() - timedelta(days=30))
    return contact


def _uuid(chance: random.Random) -> str:
    return f"{chance.getrandbits(128):032x}"


def _imports() -> ImportRun:
    at = timezone.now() - timedelta(days=2)
    done = {"state": ImportRun.State.DONE, "source": "upload", "created_at": at, "finished_at": at}
    run = ImportRun.objects.create(sink="members", file_name="leden-november.csv", refused_count=34, **done)
    ImportRun.objects.create(
        sink="consents", file_name="toestemmingen.csv", **(done | {"state": ImportRun.State.FAILED})
    )
    return run


def _network(chance: random.Random) -> None:
    now, today = timezone.now(), timezone.localdate()
    for number in range(80):
        province = PROVINCES[number % len(PROVINCES)]
        state = chance.choices(list(Library.State), weights=[1, 2, 9])[0]
        library = factories.a_library(name=f"Bib Gemeente {number + 1}", province=province, state=state)
        if state == Library.State.NOT_STARTED:
            continue
        people = chance.randrange(3, 30_000) if number else 3
        address = people * 7 // 10
        with acting_for(library.pk):
            _stats(
                library,
                today,
                people,
                address,
                now - timedelta(days=chance.choice([0, 1, 2, 3, 4, 5, 9, 16])),
            )


def _stats(library: Library, day: date, people: int, address: int, imported: datetime) -> None:
    LibraryStatsDaily.objects.create(
        library=library,
        day=day,
        people_count=people,
        members_count=people * 8 // 10,
        with_address_count=address,
        consenting_count=address // 3,
        reach_count=address * 3 // 10,
        is_trial=people % 7 == 0,
        last_import_at=imported,
        refused_rows_count=people // 200,
    )
