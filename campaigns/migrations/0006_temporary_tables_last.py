from django.db import migrations

from bibmail.tenancy import rls


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0005_flemish_calendar")]

    operations = [
        rls.temporary_last("cap_reserve(uuid[], interval[], timestamptz)", "pg_catalog, public"),
        rls.temporary_last("cap_release(uuid[], timestamptz[])", "pg_catalog, public"),
    ]
