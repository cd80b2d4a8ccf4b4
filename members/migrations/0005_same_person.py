import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import bibmail.tenancy.models.base
import bibmail.tenancy.scope


def _id() -> tuple[str, models.Field]:
    return (
        "id",
        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
    )


def _library() -> tuple[str, models.Field]:
    return (
        "library",
        models.ForeignKey(
            db_index=False,
            default=bibmail.tenancy.scope.current_library_id,
            editable=False,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="+",
            to="tenancy.library",
        ),
    )


def _contact(name: str, related_name: str = "+") -> tuple[str, models.Field]:
    return (
        name,
        bibmail.tenancy.models.base.TenantForeignKey(
            db_constraint=False,
            db_index=False,
            on_delete=django.db.models.deletion.CASCADE,
            related_name=related_name,
            to="members.contact",
        ),
    )


def _user(name: str) -> tuple[str, models.Field]:
    return (
        name,
        models.ForeignKey(
            db_index=False,
            null=True,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="+",
            to=settings.AUTH_USER_MODEL,
        ),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0004_news_fences"),
        ("tenancy", "0003_deployment"),
    ]

    operations = [
        migrations.AlterField(
            model_name="contact",
            name="kind",
            field=models.CharField(
                choices=[("person", "Persoon"), ("institution", "Instelling"), ("merged", "Samengevoegd")],
                default="person",
                max_length=12,
                verbose_name="soort",
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="merged_into",
            field=bibmail.tenancy.models.base.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="merged_from",
                to="members.contact",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["library", "merged_into"],
                name="contacts_merged",
            ),
        ),
        migrations.AddField(
            model_name="householdmember",
            name="is_self",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="IdentityChange",
            fields=[
                _id(),
                (
                    "kind",
                    models.CharField(
                        choices=[("merge", "Samengevoegd"), ("split", "Gesplitst")], max_length=5
                    ),
                ),
                ("rule", models.CharField(blank=True, max_length=20)),
                ("moved", models.JSONField(default=dict)),
                ("images", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
                ("undone_at", models.DateTimeField(null=True)),
                ("left_behind", models.JSONField(default=list)),
                _user("by"),
                _contact("kept", "identity_changes"),
                _library(),
                _contact("other"),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(fields=["library", "kept", "-at"], name="identity_changes_of_contact"),
                    models.Index(fields=["library", "other"], name="identity_changes_of_other"),
                    models.Index(fields=["library", "-at", "-id"], name="identity_changes_newest"),
                ],
            },
        ),
        migrations.CreateModel(
            name="NotSamePerson",
            fields=[
                _id(),
                ("said_at", models.DateTimeField()),
                _contact("first"),
                _library(),
                _user("said_by"),
                _contact("second"),
            ],
            options={
                "indexes": [models.Index(fields=["library", "second"], name="not_same_by_second")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("library", "first", "second"), name="said_once_that_they_are_two"
                    ),
                ],
            },
        ),
    ]
