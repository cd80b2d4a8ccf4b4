from django.db import migrations

from bibmail.tenancy import rls


class Migration(migrations.Migration):
    dependencies = [("members", "0009_non_members")]

    operations = rls.fence(
        [
            "members_contactlist",
            "members_listmember",
            "members_contactrelation",
            "members_funnelstage",
            "members_nonmemberpolicy",
        ],
        [
            rls.Key("members_listmember", "contact_list_id", "members_contactlist", "CASCADE"),
            rls.Key("members_listmember", "contact_id", "members_contact", "CASCADE"),
            rls.Key("members_contactrelation", "contact_id", "members_contact", "CASCADE"),
            rls.Key("members_funnelstage", "contact_id", "members_contact", "CASCADE"),
        ],
    )
