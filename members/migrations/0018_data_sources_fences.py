from django.db import migrations

from bibmail.tenancy import rls


class Migration(migrations.Migration):
    dependencies = [("members", "0017_data_sources")]

    operations = rls.fence(
        [
            "members_datasource",
            "members_connectorrun",
            "members_takenfile",
            "members_seenoptout",
            "members_ebooktitle",
        ],
        [
            rls.Key("members_connectorrun", "source_id", "members_datasource", "CASCADE"),
            rls.Key("members_seenoptout", "source_id", "members_datasource", "CASCADE"),
            rls.Key("members_takenfile", "source_id", "members_datasource", "CASCADE"),
        ],
    )
