import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bibmail.tenancy import database, roles


class Command(BaseCommand):
    help = "Create Bibmail's roles and database. Needs DATABASE_URL_ADMIN (a superuser) in the environment."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", default="bibmail", help="name of the database")

    def handle(self, *args: Any, **options: Any) -> None:
        admin_url = os.environ.get("DATABASE_URL_ADMIN")
        if not admin_url:
            raise CommandError("DATABASE_URL_ADMIN is empty. Put the URL of a superuser in it.")
        passwords = {
            role: os.environ[f"{role.upper()}_PASSWORD"]
            for role in roles.LOGINS
            if f"{role.upper()}_PASSWORD" in os.environ
        }
        try:
            database.prepare(admin_url, name=options["name"], passwords=passwords)
        except database.NotReachable as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Database {options['name']} and the roles are ready.")
