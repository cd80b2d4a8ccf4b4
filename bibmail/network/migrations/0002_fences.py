from django.db import migrations

from bibmail.tenancy import rls
from bibmail.tenancy.kinds import TableKind


class Migration(migrations.Migration):
    dependencies = [("network", "0001_initial"), ("tenancy", "0002_fences")]

    operations = [rls.protect("network_librarystatsdaily", TableKind.AGGREGATE)]
