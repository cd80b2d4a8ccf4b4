"""What came of the play, for a screen: per library and journey the bridge, the mails, the sides and the exits."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import connection

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from campaigns.audience import Reach
from journeys import definition as definitions
from journeys import recipes
from journeys.definition import Split
from journeys.models import Journey

# A file says how many times; fewer than that in a whole play would prove nothing.
LEAST_MAILS, LEAST_PEOPLE = 30, 3

_JOURNEY = """
    SELECT json_build_object(
        'bridge', (SELECT coalesce(json_object_agg(figure, people), '{}') FROM (
                     SELECT figure, sum(people_count) AS people FROM journeys_journeytally
                      WHERE journey_id = %(journey_id)s GROUP BY figure) AS t),
        'entries', (SELECT count(*) FROM journeys_journeyentry WHERE journey_id = %(journey_id)s),
        'goal', (SELECT count(goal_at) FROM journeys_journeyentry WHERE journey_id = %(journey_id)s),
        'on_the_way', (SELECT count(*) FROM journeys_journeyentry
                        WHERE journey_id = %(journey_id)s AND state = 'active'),
        'exits', (SELECT coalesce(json_object_agg(exit_reason, people), '{}') FROM (
                    SELECT exit_reason, count(*) AS people FROM journeys_journeyentry
                     WHERE journey_id = %(journey_id)s AND state = 'ended' GROUP BY exit_reason) AS x),
        'early', (SELECT coalesce(json_object_agg(step_key, people), '{}') FROM (
                    SELECT s.step_key, count(*) AS people
                      FROM journeys_stepevent AS s JOIN journeys_journeyentry AS e ON e.id = s.entry_id
                     WHERE e.journey_id = %(journey_id)s AND s.kind = 'left' AND s.choice = 'goal'
                     GROUP BY s.step_key) AS g),
        'sides', (SELECT coalesce(json_object_agg(step_key || '/' || choice, people), '{}') FROM (
                    SELECT s.step_key, s.choice, count(*) AS people
                      FROM journeys_stepevent AS s JOIN journeys_journeyentry AS e ON e.id = s.entry_id
                     WHERE e.journey_id = %(journey_id)s AND s.kind = 'split'
                     GROUP BY s.step_key, s.choice) AS c),
        'mails', (SELECT coalesce(json_object_agg(mail, figures), '{}') FROM (
                    SELECT m.mail_code AS mail, json_build_object(
                             'expected', count(*),
                             'accepted', count(*) FILTER (WHERE g.state = 'accepted'),
                             'waiting', count(*) FILTER (WHERE g.state IN ('queued', 'claimed', 'submitting')),
                             'unknown', count(*) FILTER (WHERE g.state = 'unknown'),
                             'delivered', count(*) FILTER (WHERE g.delivery IN (10, 40)),
                             'bounced', count(*) FILTER (WHERE g.delivery IN (20, 30)),
                             'complained', count(*) FILTER (WHERE g.delivery = 40),
                             'unsubscribed', count(*) FILTER (WHERE g.unsubscribed_at IS NOT NULL),
                             'clicked', (SELECT coalesce(sum(l.human_clicks_count), 0)
                                           FROM campaigns_trackedlink AS l JOIN campaigns_mailing AS n
                                             ON n.id = l.mailing_id
                                          WHERE n.journey_code = %(code)s AND n.mail_code = m.mail_code)
                           ) AS figures
                      FROM campaigns_message AS g JOIN campaigns_mailing AS m ON m.id = g.mailing_id
                     WHERE m.journey_code = %(code)s
                     GROUP BY m.mail_code) AS v),
        'reasons', (SELECT coalesce(json_object_agg(reason, people), '{}') FROM (
                      SELECT g.reason, count(*) AS people
                        FROM campaigns_message AS g JOIN campaigns_mailing AS m ON m.id = g.mailing_id
                       WHERE m.journey_code = %(code)s AND g.reason <> ''
                       GROUP BY g.reason) AS r)
    )
"""

_NEWSLETTERS = """
    SELECT c.name, c.state, c.reach::json, count(g.id),
           count(*) FILTER (WHERE g.state = 'accepted'),
           count(*) FILTER (WHERE g.state IN ('queued', 'claimed', 'submitting')),
           count(*) FILTER (WHERE g.state = 'unknown'),
           count(*) FILTER (WHERE g.delivery IN (10, 40)),
           count(*) FILTER (WHERE g.delivery IN (20, 30)),
           count(g.unsubscribed_at)
      FROM campaigns_campaign AS c
      JOIN campaigns_mailing AS m ON m.campaign_id = c.id
      JOIN campaigns_message AS g ON g.mailing_id = m.id
     GROUP BY c.id
     ORDER BY c.id
"""

_BRIDGE_ORDER = ("no_adult", "no_address", "no_consent", "no_data_use", "suppressed", "recently")


class Shortage(NamedTuple):
    """A branch that too few people took for the play to show anything."""

    what: str
    people: int
    least: int


class Told(NamedTuple):
    """The lines for the screen, and what the play had too little of."""

    lines: list[str]
    shortages: list[Shortage]


def figures(library: Library, code: str) -> dict[str, Any] | None:
    """Everything counted of one journey at one library; None where it was never on."""
    with acting_for(library.pk), connection.cursor() as cursor:
        journey_id = Journey.objects.filter(code=code).values_list("pk", flat=True).first()
        if journey_id is None:
            return None
        cursor.execute(_JOURNEY, {"journey_id": journey_id, "code": code})
        found: dict[str, Any] = cursor.fetchone()[0]
        return found


def tell(cautious: dict[tuple[str, str], dict[str, int]]) -> Told:
    """The report of all libraries; `cautious` has the other bridge per (library, journey)."""
    lines: list[str] = []
    sums: dict[str, int] = {}
    for library in Library.objects.order_by("pk"):
        lines += ["", library.name, "─" * 96]
        for code in recipes.ORDER:
            if (found := figures(library, code)) is not None:
                lines += _journey(code, found, cautious.get((library.slug, code), {}))
                _add(sums, code, found)
        lines += _newsletters(library)
    return Told(lines, list(_shortages(sums)))


def _journey(code: str, found: dict[str, Any], cautious: dict[str, int]) -> Iterator[str]:
    label = recipes.get(code)["label"]
    yield f"  {label}"
    yield f"    bridge     {_bridge(found['bridge'])}"
    if cautious:
        yield f"    cautious   {_bridge(cautious)}"
    people = f"entered {found['entries']}   goal {found['goal']}   on the way {found['on_the_way']}"
    yield f"    people     {people}   left: {_pairs(found['exits'])}"
    if found["early"]:
        yield f"    goal while at   {_pairs(found['early'])}"
    if found["sides"]:
        yield f"    sides      {_pairs(found['sides'])}"
    for mail, numbers in sorted(found["mails"].items()):
        left = numbers["expected"] - numbers["accepted"] - numbers["waiting"] - numbers["unknown"]
        yield (
            f"    {mail:<24} expected {numbers['expected']:>4} = accepted {numbers['accepted']:>4}"
            f" + not sent {left:>3} + unknown {numbers['unknown']} + waiting {numbers['waiting']}"
            f"   delivered {numbers['delivered']:>4}  bounced {numbers['bounced']}  clicks {numbers['clicked']}"
            f"  unsubscribed {numbers['unsubscribed']}  complained {numbers['complained']}"
        )
    if found["reasons"]:
        yield f"    not sent because   {_pairs(found['reasons'])}"


def _newsletters(library: Library) -> list[str]:
    with acting_for(library.pk), connection.cursor() as cursor:
        cursor.execute(_NEWSLETTERS)
        rows = cursor.fetchall()
    lines = []
    for name, state, reach, expected, accepted, waiting, unknown, delivered, bounced, gone in rows:
        lines += [
            f"  {name} ({state})",
            f"    bridge     {_reach(Reach(**reach))}",
            f"    {'newsletter':<24} expected {expected:>4} = accepted {accepted:>4}"
            f" + not sent {expected - accepted - waiting - unknown:>3} + unknown {unknown} + waiting {waiting}"
            f"   delivered {delivered:>4}  bounced {bounced}  unsubscribed {gone}",
        ]
    return lines


def _bridge(parts: dict[str, int]) -> str:
    met = parts.get("met", 0)
    falls = "  ".join(f"−{parts[part]} {part}" for part in _BRIDGE_ORDER if parts.get(part))
    return f"met {met}  {falls}  → {parts.get('entered', 0)} enter"


def _reach(reach: Reach) -> str:
    *steps, (_late, late) = reach._asdict().items()
    return "  → ".join(f"{step} {people}" for step, people in steps) + f"  (of these late {late})"


def _pairs(counts: dict[str, int]) -> str:
    return "  ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none"


def _add(sums: dict[str, int], code: str, found: dict[str, Any]) -> None:
    def add(what: str, people: int) -> None:
        sums[f"{code}: {what}"] = sums.get(f"{code}: {what}", 0) + people

    add("mails", sum(numbers["accepted"] for numbers in found["mails"].values()))
    for side, people in found["sides"].items():
        add(f"side {side}", people)
    for step, people in found["early"].items():
        add(f"goal at {step}", people)
    for reason, people in found["exits"].items():
        add(f"exit {reason}", people)


# Exits that somebody must have taken early, beside the sides of the splits.
_EARLY = {
    "welcome": ("exit membership_ended", "exit objected"),
    "ebook_looked_not_borrowed": ("goal at two_days", "goal at two_weeks", "goal at observe"),
    "missed_you": ("goal at three_weeks",),
}


def _shortages(sums: dict[str, int]) -> Iterator[Shortage]:
    for code in recipes.ORDER:
        wanted = {"mails": LEAST_MAILS} | dict.fromkeys(_EARLY.get(code, ()), LEAST_PEOPLE)
        recipe = recipes.get(code)
        read = definitions.read(recipes.resolved(recipe, recipes.defaults(recipe)))
        for step in read.steps.values():
            if isinstance(step, Split):
                wanted |= {f"side {step.key}/{side.side}": LEAST_PEOPLE for side in step.sides}
        for what, least in wanted.items():
            people = sums.get(f"{code}: {what}", 0)
            if people < least:
                yield Shortage(f"{code}: {what}", people, least)
