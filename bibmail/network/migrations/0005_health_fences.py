from django.db import migrations

from bibmail.tenancy import rls
from bibmail.tenancy.kinds import TableKind


class Migration(migrations.Migration):
    dependencies = [("network", "0004_health")]

    operations = [rls.protect("network_libraryhealth", TableKind.AGGREGATE)]
