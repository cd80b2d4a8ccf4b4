"""Leaks, planted for real: in the database by its owner, in the site's addresses, among the tasks, in the code.

The test's transaction takes the tables back, pytest the rest. Each names the functions of this suite that
must tell of it; none of them knows of any plant.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.core.cache import cache
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.test.utils import isolate_apps
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.cache import cache_page

from bibmail import urls
from bibmail.celery import app as celery
from bibmail.tenancy import acting_for, guard
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.models import Branch, Library, TenantModel
from members.models import Contact, ImportRun, Membership
from tests.isolation import foreign_keys, makers, pages, probes, sources, work
from tests.isolation.makers import Model, World


class Soil(NamedTuple):
    """Where a leak is planted beside the database."""

    patch: pytest.MonkeyPatch
    settings: LazySettings
    folder: Path
    # What has to be done to clear it away.
    undo: Callable[[Callable[[], object]], None]


Detector = Callable[[World], Sequence[str]]


class Leak(NamedTuple):
    name: str
    plant: Callable[[World, Soil], None]
    caught_by: tuple[Detector, ...]


# --- Detectors: the functions of the other tests ----------------------------------------------------------


def catalogue(world: World) -> list[str]:
    return guard.gaps()


def contacts(world: World) -> list[str]:
    return probes.tenant_leaks(Contact, world)


def memberships(world: World) -> list[str]:
    return probes.tenant_leaks(Membership, world)


def composite_keys(world: World) -> list[str]:
    return foreign_keys.differences()


def planted_page(world: World) -> list[str]:
    return pages.route_leaks(f"{pages.IN_LIBRARY}lek/", world)


def planted_open_page(world: World) -> list[str]:
    return pages.open_leaks("mijn/", world)


def addresses(world: World) -> list[str]:
    return pages.without_probe()


def fillable(world: World) -> list[str]:
    return makers.without_maker()


def links(world: World) -> list[str]:
    return probes.many_to_many()


# --- In the database ---------------------------------------------------------------------------------------


def _by_the_owner(*statements: str) -> Callable[[World, Soil], None]:
    """Alter tables as their owner, with Zottegem's rows in sight."""

    def plant(world: World, soil: Soil) -> None:
        makers.settle()
        with acting_for(world.zottegem.library.pk), probes.as_role(probes.OWNER):
            for statement in statements:
                probes.run(statement)

    return plant


_SIMPLE_KEY = (
    "ALTER TABLE members_membership DROP CONSTRAINT members_membership_contact_id_same_library",
    "ALTER TABLE members_membership ADD CONSTRAINT simple FOREIGN KEY (contact_id)"
    " REFERENCES members_contact (id) DEFERRABLE INITIALLY DEFERRED NOT VALID",
)
_WIDER = "CREATE POLICY tenant_floor ON members_contact AS RESTRICTIVE FOR ALL USING (library_id IS NOT NULL)"
_FOR_ONE_ROLE = """
    CREATE POLICY tenant_floor ON members_contact AS RESTRICTIVE FOR ALL TO bibmail_owner
        USING (library_id = (SELECT current_library_id())) WITH CHECK (library_id = (SELECT current_library_id()))
"""
_DROP_FLOOR = "DROP POLICY tenant_floor ON members_contact"
_SILENT = """
    CREATE OR REPLACE FUNCTION current_library_id() RETURNS bigint
    LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('app.library_id', true), '')::bigint $$
"""
_DEFINER = """
    CREATE FUNCTION all_contacts() RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS $$ SELECT count(*) FROM public.members_contact $$
"""


def _owned_by_a_login(world: World, soil: Soil) -> None:
    makers.settle()
    probes.run("SET ROLE NONE")
    probes.run("ALTER TABLE tenancy_branch OWNER TO CURRENT_USER")
    probes.run(f"SET ROLE {probes.APP}")


# --- In the site ----------------------------------------------------------------------------------------------


def _page(view: Callable[..., HttpResponse], route: str = "lek/") -> Callable[[World, Soil], None]:
    """Add a page to every library."""
    return _addresses([path(pages.IN_LIBRARY, include(([path(route, view)], "library")))])


def _addresses(added: list[URLPattern | URLResolver]) -> Callable[[World, Soil], None]:
    def plant(world: World, soil: Soil) -> None:
        # After the real ones, so that links to those are still found.
        planted = type("Planted", (), {"urlpatterns": [*urls.urlpatterns, *added]})
        soil.settings.ROOT_URLCONF = planted
        soil.undo(cache.clear)

    return plant


def _kept(request: LibraryRequest) -> HttpResponse:
    """A list kept under a name that is the same for every library."""
    names = cache.get_or_set("branches", lambda: list(Branch.objects.values_list("name", flat=True)))
    return HttpResponse(", ".join(names or []))


@cache_page(60)
def _kept_page(request: HttpRequest) -> HttpResponse:
    """Who asks first decides what everybody reads."""
    return HttpResponse(str(request.user))


def _scoped_by_itself(request: LibraryRequest) -> HttpResponse:
    for library_id in Library.objects.values_list("pk", flat=True):
        probes.run("SELECT set_config('app.library_id', %s, true)", [str(library_id)])
        if contact := Contact.objects.filter(
            pk=int(request.GET.get("contact_id") or makers.ZOTTEGEMS)
        ).first():
            return HttpResponse(contact.first_name)
    return HttpResponse()


def _forgets_in_silence(request: LibraryRequest) -> HttpResponse:
    """Shows nothing; only the rows tell."""
    for library_id in Library.objects.values_list("pk", flat=True):
        probes.run("SELECT set_config('app.library_id', %s, true)", [str(library_id)])
        ImportRun.objects.filter(pk=makers.ZOTTEGEMS).delete()
    return HttpResponse()


def _without_asking(request: LibraryRequest, mystery: str) -> HttpResponse:
    return HttpResponse(mystery)


# --- Among the tasks ----------------------------------------------------------------------------------------


def _forget(*, run_id: int) -> None:
    """Looks for the run at every library."""
    for library_id in Library.objects.values_list("pk", flat=True):
        with acting_for(library_id):
            ImportRun.objects.filter(pk=run_id).delete()


def _forget_anywhere(*, library_id: int, run_id: int) -> None:
    """Takes a library and does not care."""
    _forget(run_id=run_id)


def _task(function: Callable[..., None]) -> Callable[[World, Soil], None]:
    def plant(world: World, soil: Soil) -> None:
        name = f"planted.tasks.{function.__name__}"
        celery.task(name=name, shared=False, lazy=False)(function)
        soil.undo(lambda: celery.tasks.unregister(name))

    return plant


# --- In the code ----------------------------------------------------------------------------------------------


def _source(code: str) -> tuple[Callable[[World, Soil], None], Detector]:
    """A module of the product with this text, and the scan of it."""
    folder: list[Path] = []

    def plant(world: World, soil: Soil) -> None:
        folder.append(soil.folder)
        (soil.folder / "planted.py").write_text(code)

    def scan(world: World) -> list[str]:
        return [leak for place in folder for leak in sources.violations(list(place.glob("*.py")), place)]

    return plant, scan


_RAW, _raw_scan = _source("cursor.execute(\"SELECT set_config('app.library_id', '7', true)\")\n")


def _self_set_scope(world: World, soil: Soil) -> None:
    _page(_scoped_by_itself)(world, soil)
    _RAW(world, soil)


# --- Among the models -----------------------------------------------------------------------------------------


def _pretend(soil: Soil, *added: Model) -> None:
    """Let these models count among those of the product."""
    real = apps.get_models
    soil.undo(apps.clear_cache)

    def with_planted(*args: Any, **kwargs: Any) -> list[Model]:
        return [*real(*args, **kwargs), *added]

    soil.patch.setattr(apps, "get_models", with_planted)


def _new_model(world: World, soil: Soil) -> None:
    with isolate_apps("members"):

        class Planted(TenantModel):
            class Meta:
                app_label = "members"

            def __str__(self) -> str:
                return "planted"

    _pretend(soil, Planted)


def _automatic_link(world: World, soil: Soil) -> None:
    with isolate_apps("members"):

        class PlantedLink(TenantModel):
            branches = models.ManyToManyField(Branch, related_name="+")

            class Meta:
                app_label = "members"

            def __str__(self) -> str:
                return "planted"

    _pretend(soil, PlantedLink, PlantedLink.branches.through)
    _by_the_owner(
        "CREATE TABLE members_plantedlink_branches (id bigint PRIMARY KEY, plantedlink_id bigint,"
        " branch_id bigint REFERENCES tenancy_branch (id))"
    )(world, soil)


# The ten of the plan, then those that came to mind while building.
TEN = (
    Leak("a policy is dropped", _by_the_owner(_DROP_FLOOR), (catalogue, contacts)),
    Leak(
        "FORCE is off",
        _by_the_owner("ALTER TABLE members_contact NO FORCE ROW LEVEL SECURITY"),
        (catalogue, contacts),
    ),
    Leak("a simple key", _by_the_owner(*_SIMPLE_KEY), (catalogue, memberships, composite_keys)),
    Leak(
        "an unfenced table",
        _by_the_owner("CREATE TABLE members_note AS SELECT * FROM members_contact"),
        (catalogue, probes.relation_leaks),
    ),
    Leak(
        "a view of its owner",
        _by_the_owner(
            "CREATE VIEW everybody AS SELECT * FROM members_contact",
            "CREATE MATERIALIZED VIEW kept AS SELECT * FROM members_contact",
        ),
        (catalogue, probes.relation_leaks),
    ),
    Leak("a wrong USING", _by_the_owner(_DROP_FLOOR, _WIDER), (catalogue, contacts)),
    Leak("an unscoped task", _task(_forget), (work.all_task_leaks,)),
    Leak("a kept page", _page(_kept), (planted_page,)),
    Leak("raw SQL with a scope of its own", _self_set_scope, (planted_page, _raw_scan)),
    Leak("an automatic link table", _automatic_link, (catalogue, links)),
)

_cached, _cached_scan = _source("from django.views.decorators.cache import cache_page\n")
_past, _past_scan = _source("Contact.objects.using('reports').count()\n")
_raised, _raised_scan = _source('cursor.execute("SET ROLE bibmail_backup")\n')

MORE = (
    Leak("a view of its owner alone", _by_the_owner("CREATE VIEW v AS TABLE members_contact"), (catalogue,)),
    Leak("a floor for one role only", _by_the_owner(_DROP_FLOOR, _FOR_ONE_ROLE), (catalogue, contacts)),
    Leak(
        "a policy that widens",
        _by_the_owner("CREATE POLICY more ON consent_topic FOR ALL USING (true)"),
        (catalogue, lambda world: list(probes.shared_leaks(apps.get_model("consent.Topic"), world))),
    ),
    Leak("no library is an empty table", _by_the_owner(_SILENT), (contacts,)),
    Leak("a function with its owner's rights", _by_the_owner(_DEFINER), (catalogue,)),
    Leak(
        "a child table",
        _by_the_owner(
            "CREATE TABLE tenancy_branch_2025 () INHERITS (tenancy_branch)",
            "INSERT INTO tenancy_branch_2025 SELECT * FROM tenancy_branch",
        ),
        (catalogue, probes.relation_leaks),
    ),
    Leak(
        "a table in another schema",
        _by_the_owner(
            "CREATE SCHEMA aside",
            "CREATE TABLE aside.contacts AS SELECT * FROM members_contact",
            "GRANT USAGE ON SCHEMA aside TO bibmail_app",
            "GRANT SELECT ON aside.contacts TO bibmail_app",
        ),
        (catalogue, probes.relation_leaks),
    ),
    Leak(
        "row-level security is off",
        _by_the_owner("ALTER TABLE members_contact DISABLE ROW LEVEL SECURITY"),
        (catalogue, contacts),
    ),
    Leak(
        "the right to truncate",
        _by_the_owner("GRANT TRUNCATE ON members_contact TO bibmail_app"),
        (catalogue,),
    ),
    Leak(
        "a dashboard that reads people",
        _by_the_owner("GRANT SELECT (email) ON members_contact TO bibmail_dashboard"),
        (catalogue,),
    ),
    Leak("a table that a login owns", _owned_by_a_login, (catalogue,)),
    Leak(
        "caps that the app may read",
        _by_the_owner("GRANT SELECT (recipient_hash) ON campaigns_recipientcap TO bibmail_app"),
        (catalogue,),
    ),
    Leak(
        "caps that everybody may write",
        _by_the_owner("GRANT INSERT, UPDATE ON campaigns_recipientcap TO PUBLIC"),
        (catalogue,),
    ),
    Leak(
        "a policy that opens the caps",
        _by_the_owner("CREATE POLICY caps ON campaigns_recipientcap FOR ALL USING (true)"),
        (catalogue,),
    ),
    Leak(
        "caps without row-level security",
        _by_the_owner("ALTER TABLE campaigns_recipientcap DISABLE ROW LEVEL SECURITY"),
        (catalogue,),
    ),
    Leak(
        "caps that shut their own functions out",
        _by_the_owner("ALTER TABLE campaigns_recipientcap FORCE ROW LEVEL SECURITY"),
        (catalogue,),
    ),
    Leak(
        "caps on view",
        _by_the_owner("CREATE VIEW caps AS TABLE campaigns_recipientcap"),
        (catalogue,),
    ),
    Leak(
        "a function that takes a temporary table for a real one",
        _by_the_owner(
            "ALTER FUNCTION cap_reserve(uuid[], interval[], timestamptz) SET search_path = pg_catalog, public"
        ),
        (catalogue,),
    ),
    Leak(
        "a key that nobody checked",
        _by_the_owner(
            "ALTER TABLE members_contact ADD CONSTRAINT unchecked FOREIGN KEY (library_id)"
            " REFERENCES tenancy_library (id) NOT VALID"
        ),
        (catalogue,),
    ),
    Leak(
        "a unique key over all libraries",
        _by_the_owner("CREATE UNIQUE INDEX one_card ON members_membership (card_number)"),
        (catalogue,),
    ),
    Leak("a task that takes a library and does not care", _task(_forget_anywhere), (work.all_task_leaks,)),
    Leak("a whole page kept for everybody", _addresses([path("mijn/", _kept_page)]), (planted_open_page,)),
    Leak("a page that removes in silence", _page(_forgets_in_silence), (planted_page,)),
    Leak("an address without probe", _page(_without_asking, "lek/<str:mystery>/"), (addresses,)),
    Leak("a model without maker", _new_model, (fillable, catalogue)),
    Leak("cache_page in the code", _cached, (_cached_scan,)),
    Leak("another connection in the code", _past, (_past_scan,)),
    Leak("another role in the code", _raised, (_raised_scan,)),
)
