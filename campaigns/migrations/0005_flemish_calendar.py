"""The Flemish calendar 2026–2028, and the switch by which the network stops all sending.

School holidays follow the Besluit van de Vlaamse Regering of 17 April 1991 as amended; 2025–26 and 2027–28 were
announced, the other years follow from its rule. Secondary exams have no official dates: a school decides.
Higher education is the academic calendar of Universiteit Gent, announced for 2025–26, expected for later years.
"""

from datetime import UTC, date, datetime

from django.db import migrations

from bibmail.tenancy.scope import acting_for_network

CONFIRMED, EXPECTED = "confirmed", "expected"

# code, label, kind, level, first day, last day, certainty
PERIODS = [
    ("krokusvakantie-2026", "krokusvakantie", "school_holiday", "", (2026, 2, 16), (2026, 2, 22), CONFIRMED),
    ("paasvakantie-2026", "paasvakantie", "school_holiday", "", (2026, 4, 6), (2026, 4, 19), CONFIRMED),
    ("zomervakantie-2026", "zomervakantie", "school_holiday", "", (2026, 7, 1), (2026, 8, 31), CONFIRMED),
    ("herfstvakantie-2026", "herfstvakantie", "school_holiday", "", (2026, 11, 2), (2026, 11, 8), EXPECTED),
    ("kerstvakantie-2026", "kerstvakantie", "school_holiday", "", (2026, 12, 21), (2027, 1, 3), EXPECTED),
    ("krokusvakantie-2027", "krokusvakantie", "school_holiday", "", (2027, 2, 8), (2027, 2, 14), EXPECTED),
    ("paasvakantie-2027", "paasvakantie", "school_holiday", "", (2027, 3, 29), (2027, 4, 11), EXPECTED),
    ("zomervakantie-2027", "zomervakantie", "school_holiday", "", (2027, 7, 1), (2027, 8, 31), EXPECTED),
    ("herfstvakantie-2027", "herfstvakantie", "school_holiday", "", (2027, 11, 1), (2027, 11, 7), CONFIRMED),
    ("kerstvakantie-2027", "kerstvakantie", "school_holiday", "", (2027, 12, 27), (2028, 1, 9), CONFIRMED),
    ("krokusvakantie-2028", "krokusvakantie", "school_holiday", "", (2028, 2, 28), (2028, 3, 5), CONFIRMED),
    ("paasvakantie-2028", "paasvakantie", "school_holiday", "", (2028, 4, 3), (2028, 4, 16), CONFIRMED),
    (
        "examens-secundair-juni-2026",
        "examens van juni",
        "exam",
        "secondary",
        (2026, 6, 9),
        (2026, 6, 24),
        EXPECTED,
    ),
    (
        "examens-secundair-december-2026",
        "kerstexamens",
        "exam",
        "secondary",
        (2026, 12, 7),
        (2026, 12, 16),
        EXPECTED,
    ),
    (
        "examens-secundair-juni-2027",
        "examens van juni",
        "exam",
        "secondary",
        (2027, 6, 9),
        (2027, 6, 24),
        EXPECTED,
    ),
    (
        "examens-secundair-december-2027",
        "kerstexamens",
        "exam",
        "secondary",
        (2027, 12, 8),
        (2027, 12, 22),
        EXPECTED,
    ),
    (
        "examens-secundair-juni-2028",
        "examens van juni",
        "exam",
        "secondary",
        (2028, 6, 9),
        (2028, 6, 24),
        EXPECTED,
    ),
    (
        "examens-hoger-1-2026",
        "eerste examenperiode",
        "exam",
        "higher",
        (2026, 1, 5),
        (2026, 1, 31),
        CONFIRMED,
    ),
    (
        "examens-hoger-2-2026",
        "tweede examenperiode",
        "exam",
        "higher",
        (2026, 5, 26),
        (2026, 7, 4),
        CONFIRMED,
    ),
    ("examens-hoger-3-2026", "herexamens", "exam", "higher", (2026, 8, 17), (2026, 9, 12), CONFIRMED),
    ("examens-hoger-1-2027", "eerste examenperiode", "exam", "higher", (2027, 1, 4), (2027, 1, 30), EXPECTED),
    (
        "examens-hoger-2-2027",
        "tweede examenperiode",
        "exam",
        "higher",
        (2027, 5, 31),
        (2027, 7, 10),
        EXPECTED,
    ),
    ("examens-hoger-3-2027", "herexamens", "exam", "higher", (2027, 8, 23), (2027, 9, 18), EXPECTED),
    ("examens-hoger-1-2028", "eerste examenperiode", "exam", "higher", (2028, 1, 10), (2028, 2, 5), EXPECTED),
    ("examens-hoger-2-2028", "tweede examenperiode", "exam", "higher", (2028, 5, 29), (2028, 7, 8), EXPECTED),
    ("examens-hoger-3-2028", "herexamens", "exam", "higher", (2028, 8, 21), (2028, 9, 16), EXPECTED),
    ("voorleesweek-2026", "Voorleesweek", "campaign", "", (2026, 11, 21), (2026, 11, 29), EXPECTED),
    ("voorleesweek-2027", "Voorleesweek", "campaign", "", (2027, 11, 20), (2027, 11, 28), EXPECTED),
    ("voorleesweek-2028", "Voorleesweek", "campaign", "", (2028, 11, 18), (2028, 11, 26), EXPECTED),
    ("poezieweek-2027", "Poëzieweek", "campaign", "", (2027, 1, 28), (2027, 2, 3), EXPECTED),
    ("poezieweek-2028", "Poëzieweek", "campaign", "", (2028, 1, 27), (2028, 2, 2), EXPECTED),
    ("jeugdboekenmaand-2027", "Jeugdboekenmaand", "campaign", "", (2027, 3, 1), (2027, 3, 31), CONFIRMED),
    ("jeugdboekenmaand-2028", "Jeugdboekenmaand", "campaign", "", (2028, 3, 1), (2028, 3, 31), CONFIRMED),
]


def fill(apps, schema_editor):
    period, switch = (
        apps.get_model("campaigns", "CalendarPeriod"),
        apps.get_model("campaigns", "NetworkSwitch"),
    )
    with acting_for_network():
        period.objects.bulk_create(
            period(
                code=code,
                label=label,
                kind=kind,
                level=level,
                starts_on=date(*first),
                ends_on=date(*last),
                certainty=certainty,
            )
            for code, label, kind, level, first, last, certainty in PERIODS
        )
        switch.objects.create(pk=1, changed_at=datetime(2026, 1, 1, tzinfo=UTC))


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_sending_fences")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
