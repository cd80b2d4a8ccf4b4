from django.db import migrations

from bibmail.tenancy import rls


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0003_deployment")]

    operations = [rls.temporary_last("refresh_statistics(regclass)", "pg_catalog")]
