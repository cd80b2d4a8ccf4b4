import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import bibmail.tenancy.models.base
import bibmail.tenancy.scope


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0007_signup_fences"),
        ("members", "0018_data_sources_fences"),
        ("tenancy", "0004_temporary_tables_last"),
    ]

    operations = [
        migrations.AddField(
            model_name="signupform",
            name="visitors_choose_lists",
            field=models.BooleanField(
                default=False, verbose_name="Mensen kiezen zelf op welke lijst ze komen"
            ),
        ),
        migrations.AddField(
            model_name="signuprequest",
            name="list_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, default=list, size=None
            ),
        ),
        migrations.CreateModel(
            name="SignupFormList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "contact_list",
                    bibmail.tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="members.contactlist",
                    ),
                ),
                (
                    "form",
                    bibmail.tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="form_lists",
                        to="consent.signupform",
                    ),
                ),
                (
                    "library",
                    models.ForeignKey(
                        db_index=False,
                        default=bibmail.tenancy.scope.current_library_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.library",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("library", "form", "contact_list"), name="each_list_once_on_a_signup_form"
                    )
                ],
            },
        ),
    ]
