"""The people who log in to the demo. They do not exist, and neither do their addresses (RFC 2606)."""

from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from bibmail.tenancy.models import Library, NetworkRole, StaffRole, User

# Printed on the screen, and worth nothing anywhere else: `create` refuses outside the demo.
PASSWORD = "leeslamp-vlieger-2026"  # noqa: S105


class NotInADemo(Exception):
    """A password that everybody knows is for the demo only."""


class Login(NamedTuple):
    """Who somebody is and where they work; without libraries: for the network."""

    email: str
    name: str
    what: str
    libraries: tuple[str, ...] = ()
    role: StaffRole.Role = StaffRole.Role.ADMIN
    sees_people: bool = True


LOGINS = (
    Login("sofie@example.be", "Sofie De Graeve", "beheerder of all three libraries",
          ("heidebeke", "lindekerke", "zandvelde")),
    Login("joris@example.be", "Joris Vermeulen", "redacteur of Lindekerke",
          ("lindekerke",), StaffRole.Role.EDITOR),
    Login("amira@example.be", "Amira El Idrissi", "lezer of Zandvelde, sees no people",
          ("zandvelde",), StaffRole.Role.READER, False),
    Login("lieve@example.org", "Lieve Kestens", "netwerkbeheerder, sees no library from within"),
)  # fmt: skip


@transaction.atomic
def create() -> None:
    """Every login that is not there yet; raises NotInADemo elsewhere."""
    if settings.ENVIRONMENT != "demo":
        raise NotInADemo
    for login in LOGINS:
        user = User.objects.filter(email=login.email).first()
        user = user or User.objects.create_user(email=login.email, name=login.name, password=PASSWORD)
        for library in Library.objects.filter(slug__in=login.libraries):
            StaffRole.objects.get_or_create(
                library=library,
                user=user,
                defaults={"role": login.role, "sees_people": login.sees_people, "name": login.name},
            )
        if not login.libraries:
            NetworkRole.objects.get_or_create(user=user, defaults={"role": NetworkRole.Role.NETWORK_ADMIN})
