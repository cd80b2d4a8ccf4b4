from django.db import migrations

from bibmail.tenancy import rls


class Migration(migrations.Migration):
    dependencies = [("consent", "0008_signup_lists"), ("members", "0010_non_member_fences")]

    operations = rls.fence(
        ["consent_signupformlist"],
        [
            rls.Key("consent_signupformlist", "form_id", "consent_signupform", "CASCADE"),
            rls.Key("consent_signupformlist", "contact_list_id", "members_contactlist", "CASCADE"),
        ],
    )
