from django.db import migrations

from bibmail.tenancy import rls


class Migration(migrations.Migration):
    dependencies = [("members", "0013_import_wizard")]

    operations = rls.fence(
        ["members_importchange", "members_importpreset"],
        [rls.Key("members_importchange", "run_id", "members_importrun", "CASCADE")],
    )
