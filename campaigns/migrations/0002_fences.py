from django.db import migrations

from bibmail.tenancy import rls
from bibmail.tenancy.kinds import TableKind


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial"), ("tenancy", "0002_fences")]

    operations = [
        rls.protect("campaigns_cataloguetitle", TableKind.SHARED),
        *rls.fence(
            [
                "campaigns_catalogueitem",
                "campaigns_libraryevent",
                "campaigns_capability",
            ],
            [
                rls.Key("campaigns_catalogueitem", "branch_id", "tenancy_branch", "CASCADE"),
                rls.Key("campaigns_libraryevent", "branch_id", "tenancy_branch", "SET NULL"),
            ],
        ),
    ]
