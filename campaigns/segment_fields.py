"""What a rule can ask about the mails somebody got and the links they followed.

Whether a person clicked is only known of who lets us measure it (decision D9): of anybody else the answer is
unknown, so they are neither among who clicked nor among who did not.
"""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy

from campaigns.models import Message
from members.segments import fields, ways, words
from members.segments.fields import Compile, Field, Group, Params, UnfitValue, number

MEASURED = "measure_clicks"
# The ledger keeps who got what for 13 months; a year is what a rule can surely ask.
_MOST_DAYS = 365

# Taken by the provider, and not sent back by the receiving side.
_GOT = f"""g.state = '{Message.State.ACCEPTED}' AND g.delivery <> {Message.Delivery.HARD_BOUNCE:d}"""


def _within(moment: str, also: str) -> Compile:
    def compile_(op: str, value: Any, params: Params) -> str:
        days = number(value)
        if not 0 <= days <= _MOST_DAYS or op not in {"lte", "gte"}:
            raise UnfitValue(f"{op} {value}")
        # A range of the index of this moment; who is gone is nobody's answer.
        found = f"""c.id IN (
            SELECT g.recipient_id FROM campaigns_message AS g
             WHERE g.{moment} >= {ways.midnight(params, days)} AND g.{moment} <= %(at)s
               AND g.recipient_id IS NOT NULL{also})"""
        return found if op == "lte" else f"NOT ({found})"

    return compile_


def _last(moment: str, also: str) -> Compile:
    """The last day on which it happened, by `messages_of_recipient`."""
    return lambda op, value, params: (
        f"""((
        SELECT max(g.{moment}) FROM campaigns_message AS g
         WHERE g.recipient_id = c.id AND g.{moment} <= %(at)s{also})
        AT TIME ZONE {params.add(settings.TIME_ZONE)})::date"""
    )


def register() -> None:
    """Called from AppConfig.ready()."""
    got = f" AND {_GOT}"
    for field in (
        Field(code="mailed", label=gettext_lazy("Kreeg een mail"), kind="days_ago", operators=("lte", "gte"),
              sql=_within("accepted_at", got), shows=_last("accepted_at", got), group=Group.MAIL, most=_MOST_DAYS,
              words=words.days(gettext_lazy("kreeg geen mail in de laatste %(days)s"),
                               gettext_lazy("kreeg een mail in de laatste %(days)s"))),
        Field(code="clicked", label=gettext_lazy("Klikte in een mail"), kind="days_ago", operators=("lte", "gte"),
              sql=_within("clicked_at", ""), shows=_last("clicked_at", ""), group=Group.MAIL, most=_MOST_DAYS,
              data_use=MEASURED,
              words=words.days(gettext_lazy("klikte op geen enkele link in een mail in de laatste %(days)s"),
                               gettext_lazy("klikte op een link in een mail in de laatste %(days)s"))),
    ):  # fmt: skip
        fields.register(field)
