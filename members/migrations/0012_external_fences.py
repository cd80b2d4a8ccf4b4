from django.db import migrations

from bibmail.tenancy import rls


class Migration(migrations.Migration):
    dependencies = [("members", "0011_external")]

    operations = rls.fence(
        ["members_externalsegmentcode", "members_externalsegment", "members_dailyvisits"],
        [
            rls.Key("members_externalsegment", "contact_id", "members_contact", "CASCADE"),
            rls.Key("members_dailyvisits", "branch_id", "tenancy_branch", "CASCADE"),
        ],
    )
