import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import bibmail.tenancy.models.base
import bibmail.tenancy.scope


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0008_custom_fields_fences"),
        ("tenancy", "0004_temporary_tables_last"),
        ("tenancy", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactList",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="naam")),
                ("purpose", models.CharField(max_length=300, verbose_name="waarvoor dient de lijst")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("community", "Community"),
                            ("stakeholders", "Belanghebbenden"),
                            ("other", "Iets anders"),
                        ],
                        default="community",
                        max_length=12,
                        verbose_name="soort lijst",
                    ),
                ),
                ("is_archived", models.BooleanField(default=False, verbose_name="gearchiveerd")),
                ("created_at", models.DateTimeField()),
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
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["is_archived", "name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ContactRelation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                        max_length=24,
                        verbose_name="soort relatie",
                    ),
                ),
                ("source", models.CharField(max_length=40)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                (
                    "contact",
                    bibmail.tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="relations",
                        to="members.contact",
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
                "ordering": ["since", "pk"],
            },
        ),
        migrations.CreateModel(
            name="FunnelStage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("reached", "Bereikt"),
                            ("interested", "Geïnteresseerd"),
                            ("contact", "Contact"),
                            ("member", "Lid"),
                            ("active_member", "Actief lid"),
                        ],
                        max_length=13,
                        verbose_name="fase",
                    ),
                ),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                (
                    "contact",
                    bibmail.tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="funnel_stages",
                        to="members.contact",
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
                "ordering": ["since", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ListMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("organisation", models.CharField(blank=True, max_length=120, verbose_name="organisatie")),
                ("role", models.CharField(blank=True, max_length=120, verbose_name="functie")),
                ("source", models.CharField(max_length=40)),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                (
                    "added_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "contact",
                    bibmail.tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="list_memberships",
                        to="members.contact",
                    ),
                ),
                (
                    "contact_list",
                    bibmail.tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="members.contactlist",
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
                "ordering": ["since", "pk"],
            },
        ),
        migrations.CreateModel(
            name="NonMemberPolicy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "months",
                    models.PositiveSmallIntegerField(default=24, verbose_name="maanden zonder activiteit"),
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
        ),
        migrations.AddField(
            model_name="contact",
            name="expires_on",
            field=models.DateField(null=True, verbose_name="bewaren tot"),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("expires_on__isnull", False)),
                fields=["library", "expires_on"],
                name="contacts_to_let_go",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactlist",
            constraint=models.UniqueConstraint(fields=("library", "name"), name="one_contact_list_per_name"),
        ),
        migrations.AddIndex(
            model_name="contactrelation",
            index=models.Index(
                condition=models.Q(("until__isnull", True)),
                fields=["library", "relation", "contact"],
                name="contacts_by_relation",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactrelation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)),
                fields=("library", "contact", "relation"),
                name="one_open_relation_of_a_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="funnelstage",
            index=models.Index(fields=["library", "contact", "since"], name="funnel_of_contact"),
        ),
        migrations.AddConstraint(
            model_name="funnelstage",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)),
                fields=("library", "contact"),
                name="one_funnel_stage_at_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="listmember",
            index=models.Index(fields=["library", "contact"], name="lists_of_contact"),
        ),
        migrations.AddConstraint(
            model_name="listmember",
            constraint=models.UniqueConstraint(
                condition=models.Q(("until__isnull", True)),
                fields=("library", "contact_list", "contact"),
                name="once_on_a_list_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="nonmemberpolicy",
            constraint=models.UniqueConstraint(fields=("library",), name="one_non_member_policy"),
        ),
    ]
