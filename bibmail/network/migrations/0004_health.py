import django.db.models.deletion
from django.db import migrations, models

import bibmail.tenancy.scope


class Migration(migrations.Migration):
    dependencies = [("network", "0003_mail_figures"), ("tenancy", "0004_temporary_tables_last")]

    operations = [
        migrations.CreateModel(
            name="LibraryHealth",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("account", models.CharField(blank=True, max_length=60)),
                ("account_kind", models.CharField(blank=True, max_length=8)),
                ("service_waiting_count", models.IntegerField(default=0)),
                ("marketing_waiting_count", models.IntegerField(default=0)),
                ("oldest_waiting_at", models.DateTimeField(null=True)),
                ("unknown_count", models.IntegerField(default=0)),
                ("imports_running_count", models.IntegerField(default=0)),
                ("swept_at", models.DateTimeField()),
                (
                    "library",
                    models.ForeignKey(
                        db_index=False,
                        default=bibmail.tenancy.scope.current_library_id,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.library",
                    ),
                ),
            ],
            options={
                "ordering": ["library_id"],
                "constraints": [models.UniqueConstraint(fields=("library",), name="one_health_per_library")],
            },
        ),
    ]
