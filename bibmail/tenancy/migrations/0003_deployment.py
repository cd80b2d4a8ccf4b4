from django.conf import settings
from django.db import migrations


def say_what_this_is(apps, schema_editor):
    apps.get_model("tenancy", "Deployment").objects.create(pk=1, environment=settings.ENVIRONMENT)


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0002_fences")]

    operations = [migrations.RunPython(say_what_this_is, migrations.RunPython.noop)]
