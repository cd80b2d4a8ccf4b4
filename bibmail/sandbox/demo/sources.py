"""Each library of the demo fetches from one make-believe system, once before the page is shown."""

from datetime import UTC, datetime, timedelta

from bibmail.sandbox.demo import address
from bibmail.sandbox.demo.crew import Crew
from bibmail.sandbox.sources import world
from bibmail.sandbox.sources.world import World
from bibmail.tenancy import acting_for, clock
from bibmail.tenancy.models import Branch, Library
from members import sources
from members.connectors import fetching, registry
from members.models import Contact, DataSource

_READERS = 20
_NEWCOMERS = (("Lotte", "Wouters", "V"), ("Karim", "Benali", "M"), ("An", "De Smet", "V"))
_EVENTS = (("Leesclub in de bib", "Lezing of congres", 16), ("Voorleesuurtje", "Spel of quiz", 3))
_KINDS = ("uitdatabank", "cloudlibrary", "wise")


def connect(crew: Crew) -> None:
    """Write what the sources know, start them, and let each library fetch from its own."""
    at = clock.now()
    libraries = dict(zip(_KINDS, Library.objects.order_by("slug"), strict=False))
    if not crew.folder.world.exists():
        _world(libraries, at=at).write(crew.folder.world)
    crew.start_sources()
    known = world.read(crew.folder.world)
    url = f"http://{address.HOST}:{crew.sources_port}"
    for code, library in libraries.items():
        with acting_for(library.pk):
            source = _source(code, url, known, at=at)
        if source.last_success_at is None:
            fetching.fetch(source_id=source.pk, library_id=library.pk, at=at)


def _source(code: str, url: str, known: World, *, at: datetime) -> DataSource:
    """The library's source, at the port of today."""
    options, secrets = _filled_in(code, url, known)
    found = DataSource.objects.filter(connector=code).first()
    if found:
        found.options = found.options | {"url": options["url"]}
        found.save(update_fields=["options"])
        return found
    connector = registry.get(code)
    return sources.add(
        connector, name=str(connector.label), every_minutes=connector.every_minutes,
        options=options, secrets=secrets, by=None, at=at,
    )  # fmt: skip


def _filled_in(code: str, url: str, known: World) -> tuple[dict[str, str], dict[str, str]]:
    keys = known.keys
    if code == "wise":
        options = {"url": f"{url}/wise", "library": known.wise_library, "application": keys.wise_application}
        return options | {"key_id": keys.wise_key_id}, {"key": keys.wise_key}
    if code == "cloudlibrary":
        options = {"url": url, "library": known.cloud_library, "account": keys.cloud_account}
        return options, {"key": keys.cloud_key}
    branch = Branch.objects.order_by("code").values_list("code", flat=True).first()
    options = {"url": f"{url}/uit", "organizer_ids": "bib-1", "places": f"plaats-1={branch}"}
    return options, {"client_id": keys.uit_client}


def _world(libraries: dict[str, Library], *, at: datetime) -> World:
    made = World()
    if library := libraries.get("uitdatabank"):
        with acting_for(library.pk):
            made.events = _agenda(at)
    if library := libraries.get("cloudlibrary"):
        with acting_for(library.pk):
            made.ebook_events = _borrowed(at)
        made.ebook_items = {"boek1": {"ItemId": "boek1", "Title": "De stille bib", "ISBN13": "9789000000012"}}
    if library := libraries.get("wise"):
        with acting_for(library.pk):
            made.patrons = _newcomers(at)
    return made


def _agenda(at: datetime) -> list[world.Record]:
    """A few events in the coming weeks."""
    made = []
    for number, (name, kind, age) in enumerate(_EVENTS):
        days = tuple(f"{at + timedelta(days=7 + number + 14 * turn):%Y-%m-%d}" for turn in range(2))
        event = world.agenda_event(f"demo-{number}", name=name, days=days, typicalAgeRange=f"{age}-")
        event["terms"] = [{"id": f"t{number}", "label": kind, "domain": "eventtype"}]
        made.append(event | {"modified": at.isoformat()})
    return made


def _borrowed(at: datetime) -> list[world.Record]:
    """Loans of yesterday evening by people who are members there, and one of somebody from elsewhere."""
    members = Contact.objects.filter(relation="member", kind="person", external_id__isnull=False)
    numbers = [str(member.external_id) for member in members.order_by("pk")[:_READERS]]
    moments = [
        (at - timedelta(hours=3, minutes=7 * place)).astimezone(UTC) for place in range(len(numbers) + 1)
    ]
    return [
        world.ebook_event(f"demo-{place}", number, at=f"{moment:%Y-%m-%dT%H:%M:%S}", item="boek1")
        for place, (number, moment) in enumerate(zip([*numbers, "elders"], moments, strict=True))
    ]


def _newcomers(at: datetime) -> list[world.Record]:
    """Three who became a member this morning."""
    branch = Branch.objects.order_by("code").values_list("code", flat=True).first()
    today = f"{at:%Y-%m-%d}"
    return [
        world.patron(
            f"99{place:05}", changed=today, firstNames=first, lastName=last, gender=gender, branchId=branch,
            emailAddress=f"{first}.{last.replace(' ', '')}{place}@example.org".lower(), registrationDate=today,
            membershipExpiryDate=f"{at + timedelta(days=365):%Y-%m-%d}",
        )
        for place, (first, last, gender) in enumerate(_NEWCOMERS)
    ]  # fmt: skip
