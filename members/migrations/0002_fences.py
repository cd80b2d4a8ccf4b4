from django.db import migrations

from bibmail.tenancy import rls


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial"), ("tenancy", "0002_fences")]

    operations = [
        *rls.fence(
            [
                "members_contact",
                "members_membership",
                "members_household",
                "members_householdmember",
                "members_activity",
                "members_activitysummary",
                "members_activitybaseline",
                "members_importrun",
                "members_importrefusal",
            ],
            [
                rls.Key("members_membership", "contact_id", "members_contact", "CASCADE"),
                rls.Key("members_membership", "home_branch_id", "tenancy_branch", "SET NULL"),
                rls.Key("members_householdmember", "household_id", "members_household", "CASCADE"),
                rls.Key("members_householdmember", "contact_id", "members_contact", "CASCADE"),
                rls.Key("members_activity", "contact_id", "members_contact", "CASCADE"),
                rls.Key("members_activity", "branch_id", "tenancy_branch", "SET NULL"),
                rls.Key("members_activitysummary", "contact_id", "members_contact", "CASCADE"),
                rls.Key("members_activitybaseline", "contact_id", "members_contact", "CASCADE"),
                rls.Key("members_importrefusal", "run_id", "members_importrun", "CASCADE"),
            ],
        ),
    ]
