from django.db import migrations

from bibmail.tenancy import rls


class Migration(migrations.Migration):
    dependencies = [("consent", "0004_mail_preferences"), ("members", "0004_news_fences")]

    operations = rls.fence(
        ["consent_mailpreference"],
        [rls.Key("consent_mailpreference", "contact_id", "members_contact", "CASCADE")],
    )
