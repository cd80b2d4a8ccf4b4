from django.db import migrations

from bibmail.tenancy import rls

TABLES = [
    "journeys_journeyversion",
    "journeys_journey",
    "journeys_journeyentry",
    "journeys_stepevent",
    "journeys_messagecause",
    "journeys_journeytally",
    "journeys_journeyclock",
]

KEYS = [
    rls.Key("journeys_journeyversion", "journey_id", "journeys_journey", "CASCADE"),
    rls.Key("journeys_journey", "version_id", "journeys_journeyversion", "SET NULL"),
    rls.Key("journeys_journeyentry", "journey_id", "journeys_journey", "CASCADE"),
    rls.Key("journeys_journeyentry", "version_id", "journeys_journeyversion"),
    rls.Key("journeys_journeyentry", "contact_id", "members_contact", "CASCADE"),
    rls.Key("journeys_journeyentry", "recipient_id", "members_contact", "SET NULL"),
    rls.Key("journeys_stepevent", "entry_id", "journeys_journeyentry", "CASCADE"),
    rls.Key("journeys_messagecause", "message_id", "campaigns_message", "CASCADE"),
    rls.Key("journeys_messagecause", "entry_id", "journeys_journeyentry", "CASCADE"),
    rls.Key("journeys_journeytally", "journey_id", "journeys_journey", "CASCADE"),
]


class Migration(migrations.Migration):
    dependencies = [("journeys", "0001_initial"), ("campaigns", "0004_sending_fences")]

    operations = rls.fence(TABLES, KEYS)
