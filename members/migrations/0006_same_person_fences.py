from django.db import migrations

from bibmail.tenancy import rls


class Migration(migrations.Migration):
    dependencies = [("members", "0005_same_person")]

    operations = [
        *rls.unfenced(
            ["members_contact"],
            [rls.composite_fk("members_contact", "merged_into_id", "members_contact", "SET NULL")],
        ),
        *rls.fence(
            ["members_identitychange", "members_notsameperson"],
            [
                rls.Key("members_identitychange", "kept_id", "members_contact", "CASCADE"),
                rls.Key("members_identitychange", "other_id", "members_contact", "CASCADE"),
                rls.Key("members_notsameperson", "first_id", "members_contact", "CASCADE"),
                rls.Key("members_notsameperson", "second_id", "members_contact", "CASCADE"),
            ],
        ),
    ]
