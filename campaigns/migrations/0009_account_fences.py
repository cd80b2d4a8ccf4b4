from django.db import migrations

from bibmail.tenancy import rls
from bibmail.tenancy.kinds import TableKind


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0008_accounts")]

    operations = [
        *rls.fence(["campaigns_sendingaccount"], []),
        rls.protect("campaigns_sendingline", TableKind.SHARED),
    ]
