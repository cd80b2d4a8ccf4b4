from django.db import migrations

from bibmail.tenancy import rls


class Migration(migrations.Migration):
    dependencies = [("members", "0007_custom_fields")]

    operations = rls.fence(
        ["members_customfield", "members_customvalue"],
        [
            rls.Key("members_customvalue", "field_id", "members_customfield", "CASCADE"),
            rls.Key("members_customvalue", "contact_id", "members_contact", "CASCADE"),
        ],
    )
