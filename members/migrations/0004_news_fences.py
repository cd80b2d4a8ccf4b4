from django.db import migrations

from bibmail.tenancy import rls


class Migration(migrations.Migration):
    dependencies = [("members", "0003_news_and_interests")]

    operations = rls.fence(
        ["members_contactchange", "members_interest"],
        [
            rls.Key("members_contactchange", "contact_id", "members_contact", "CASCADE"),
            rls.Key("members_interest", "contact_id", "members_contact", "CASCADE"),
        ],
    )
