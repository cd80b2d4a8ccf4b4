from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0013_look_ups")]

    operations = [
        migrations.AddField(
            model_name="message",
            name="resent_as",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
    ]
