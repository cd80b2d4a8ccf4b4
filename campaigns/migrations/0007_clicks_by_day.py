from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0006_temporary_tables_last")]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("clicked_at__isnull", False)),
                fields=["library", "clicked_at"],
                name="messages_clicked",
            ),
        ),
    ]
