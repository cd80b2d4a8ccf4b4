from django.db import migrations

from bibmail.tenancy import rls


class Migration(migrations.Migration):
    dependencies = [("members", "0015_segments")]

    operations = rls.fence(
        ["members_segment", "members_segmentversion", "members_segmentstay"],
        [
            rls.Key("members_segmentversion", "segment_id", "members_segment", "CASCADE"),
            rls.Key("members_segmentstay", "segment_id", "members_segment", "CASCADE"),
            rls.Key("members_segmentstay", "contact_id", "members_contact", "CASCADE"),
        ],
    )
