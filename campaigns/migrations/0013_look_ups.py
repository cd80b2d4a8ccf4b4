from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0012_restore_fence_fences")]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="looked_up_count",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="submission",
            name="next_look_up_at",
            field=models.DateTimeField(null=True),
        ),
    ]
