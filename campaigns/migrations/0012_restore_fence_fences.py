from django.db import migrations

from bibmail.tenancy import rls
from bibmail.tenancy.kinds import TableKind


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0011_restore_fence")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO campaigns_sendingfence (id, database, installation, submissions_count, locked_why, reason)"
            " VALUES (1, '', '', 0, '', '');",
            migrations.RunSQL.noop,
        ),
        rls.protect("campaigns_sendingfence", TableKind.SHARED),
    ]
