import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import bibmail.tenancy.models.base
import bibmail.tenancy.scope


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0005_preference_fences"),
        ("members", "0009_non_members"),
        ("tenancy", "0004_temporary_tables_last"),
        ("tenancy", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="SignupForm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="titel")),
                (
                    "slug",
                    models.SlugField(db_index=False, max_length=30, verbose_name="deel van het webadres"),
                ),
                ("intro", models.TextField(blank=True, max_length=600, verbose_name="inleiding")),
                (
                    "topics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=50), size=None
                    ),
                ),
                (
                    "asks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                    ),
                ),
                (
                    "relation",
                    models.CharField(
                        choices=[
                            ("member", "Lid"),
                            ("parent", "Ouder"),
                            ("inhabitant", "Inwoner"),
                            ("visitor", "Bezoeker"),
                            ("course_participant", "Cursist"),
                            ("programme_participant", "Programmadeelnemer"),
                            ("partner", "Partner"),
                            ("teacher", "Leerkracht"),
                            ("volunteer", "Vrijwilliger"),
                            ("stakeholder", "Belanghebbende"),
                        ],
                        default="inhabitant",
                        max_length=24,
                        verbose_name="soort relatie",
                    ),
                ),
                ("thanks", models.TextField(blank=True, max_length=600, verbose_name="bedanking")),
                (
                    "allowed_origins",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200), blank=True, default=list, size=None
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="staat open")),
                ("created_at", models.DateTimeField()),
                ("asked_count", models.PositiveIntegerField(default=0)),
                ("confirmed_count", models.PositiveIntegerField(default=0)),
                ("refused_count", models.PositiveIntegerField(default=0)),
                ("expired_count", models.PositiveIntegerField(default=0)),
                (
                    "contact_list",
                    bibmail.tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="members.contactlist",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SignupRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4)),
                ("email", models.CharField(blank=True, max_length=254)),
                ("address_hash", models.UUIDField()),
                ("first_name", models.CharField(blank=True, max_length=100)),
                ("last_name", models.CharField(blank=True, max_length=100)),
                ("postal_code", models.CharField(blank=True, max_length=10)),
                ("date_of_birth", models.DateField(null=True)),
                ("language", models.CharField(default="nl", max_length=2)),
                (
                    "wording_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("asked_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "mail_state",
                    models.CharField(
                        choices=[
                            ("waiting", "Wacht"),
                            ("leaving", "Wordt verstuurd"),
                            ("sent", "Verstuurd"),
                            ("stopped", "Niet verstuurd"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("mail_key", models.UUIDField(default=uuid.uuid4)),
                ("attempts_count", models.PositiveSmallIntegerField(default=0)),
                (
                    "form",
                    bibmail.tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requests",
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
                "ordering": ["asked_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SignupTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("bucket", models.UUIDField()),
                ("count", models.PositiveIntegerField(default=0)),
                ("until", models.DateTimeField()),
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
        ),
        migrations.AddConstraint(
            model_name="signupform",
            constraint=models.UniqueConstraint(fields=("library", "slug"), name="one_signup_form_per_slug"),
        ),
        migrations.AddIndex(
            model_name="signuprequest",
            index=models.Index(fields=["library", "expires_at"], name="signups_by_expiry"),
        ),
        migrations.AddIndex(
            model_name="signuprequest",
            index=models.Index(
                condition=models.Q(("mail_state", "waiting")),
                fields=["library", "asked_at"],
                name="signup_mails_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="signuprequest",
            constraint=models.UniqueConstraint(
                fields=("library", "public_id"), name="one_signup_per_public_id"
            ),
        ),
        migrations.AddConstraint(
            model_name="signuprequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("confirmed_at__isnull", True)),
                fields=("library", "form", "address_hash"),
                name="one_open_signup_per_address",
            ),
        ),
        migrations.AddIndex(
            model_name="signuptally",
            index=models.Index(fields=["library", "until"], name="signup_tallies_by_end"),
        ),
        migrations.AddConstraint(
            model_name="signuptally",
            constraint=models.UniqueConstraint(
                fields=("library", "bucket"), name="one_signup_tally_per_bucket"
            ),
        ),
    ]
