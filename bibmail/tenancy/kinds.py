"""The five kinds of tables (decision D1) and which table is of which kind.

A table that is in the database and in no list here turns the catalogue guard red.
"""

from enum import StrEnum

from django.apps import apps


class TableKind(StrEnum):
    """What a table may hold, and so how it is fenced."""

    TENANT = "tenant"  # one library's rows, seen by that library alone
    SHARED = "shared"  # everyone reads, only the network writes
    AGGREGATE = "aggregate"  # a library writes its own, the network reads all; no persons
    PSEUDONYMOUS = "pseudonymous"  # across libraries by HMAC; reached through functions only
    GLOBAL = "global"  # no fence: who may log in, which libraries exist


# Tables of Django and its packages, and ours that name no library's people.
GLOBAL_TABLES = frozenset(
    {
        "account_emailaddress",
        "account_emailconfirmation",
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        # Webhooks of all libraries, without addresses; which library it is stands inside.
        "campaigns_inboxevent",
        "django_content_type",
        "django_migrations",
        "django_session",
        "mfa_authenticator",
        "tenancy_deployment",
        "tenancy_library",
        "tenancy_librarygroup",
        "tenancy_networkrole",
        "tenancy_staffrole",
        "tenancy_user",
    }
)


def declared_kinds() -> dict[str, TableKind]:
    """Every table we know of with its kind: models by their base class, the rest by name."""
    kinds = {
        model._meta.db_table: model.table_kind
        for model in apps.get_models(include_auto_created=True)
        if hasattr(model, "table_kind")
    }
    return kinds | dict.fromkeys(GLOBAL_TABLES, TableKind.GLOBAL)
