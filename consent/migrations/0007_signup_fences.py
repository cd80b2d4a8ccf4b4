from django.db import migrations

from bibmail.tenancy import rls


class Migration(migrations.Migration):
    dependencies = [("consent", "0006_signup"), ("members", "0010_non_member_fences")]

    operations = rls.fence(
        ["consent_signupform", "consent_signuprequest", "consent_signuptally"],
        [
            rls.Key("consent_signupform", "contact_list_id", "members_contactlist", "SET NULL"),
            rls.Key("consent_signuprequest", "form_id", "consent_signupform", "CASCADE"),
        ],
    )
