"""A newsletter's rule and its bridge in the words of this library: names where the rule holds codes."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from bibmail.tenancy.templatetags.bibmail import number
from campaigns import drafts
from campaigns.audience import Reach
from campaigns.drafts import Rule
from consent import topics
from members.segments import rules
from members.segments.fields import Choices


class Names(rules.Names):
    """Branches, topics and the rest by name; each list is asked for at most once."""

    @cached_property
    def _offers(self) -> list[topics.Offer]:
        return topics.offers(language=get_language() or "nl")

    @property
    def topics(self) -> Choices:
        """The topics a newsletter can be about."""
        return self.choices("wants_topic")

    @cached_property
    def data_uses(self) -> Mapping[str, str]:
        return {use.code: use.label for use in topics.data_uses(language=get_language() or "nl")}

    def topic(self, code: str) -> str:
        return next((offer.label for offer in self._offers if offer.topic.code == code), code)

    def sentences(self, rule: Rule) -> list[str]:
        return [self.sentence(leaf) for leaf in drafts.leaves(rule)]

    def whole(self, rule: Rule) -> str:
        """The rule as one sentence part, for after "iedereen die"; nothing when everyone is meant."""
        return "" if drafts.is_everyone(rule) else super().whole(rule)


class Step(NamedTuple):
    """One line of the bridge: how many are left, and how wide that is out of 100."""

    label: str
    people_count: int
    width: int


class Bridge(NamedTuple):
    """From everyone meant to everyone mailed, as the page draws it."""

    reach: Reach
    steps: list[Step]
    notes: list[str]


def bridge(reach: Reach, rule: Rule, *, topic: str, names: Names) -> Bridge:
    """The steps in words; a step that cannot lose anybody is left out."""
    uses = [names.data_uses.get(code, code) for code in sorted(rules.data_uses(rule))]
    steps = [
        (
            _("Voldoen aan je regels") if not drafts.is_everyone(rule) else _("Iedereen die je bib kent"),
            reach.meant,
        ),
        (_("… en hebben een e-mailadres"), reach.with_address),
        (_("… en willen ‘%(topic)s’") % {"topic": names.topic(topic)}, reach.wanting),
    ]
    if uses:
        label = _("… en laten hun gegevens gebruiken voor ‘%(uses)s’") % {"uses": "’, ‘".join(uses)}
        steps.append((label, reach.sharing))
    steps.append((_("… en mogen we nu mailen"), reach.free))
    if reach.will_get != reach.free:
        steps.append((_("… met één mail per adres"), reach.will_get))
    most = reach.meant or 1
    return Bridge(
        reach, [Step(label, count, round(count * 100 / most)) for label, count in steps], _notes(reach)
    )


def of_stored(stored: Mapping[str, Any]) -> Reach | None:
    """The bridge as it was kept at the freeze; None where there is none."""
    try:
        return Reach(**{name: int(stored[name]) for name in Reach._fields})
    except (KeyError, TypeError, ValueError):
        return None


def _notes(reach: Reach) -> list[str]:
    found = []
    without, not_free = reach.with_address - reach.wanting, reach.sharing - reach.free
    if without:
        words = ngettext(
            "%(count)s mens met een e-mailadres koos dit thema niet. Nodig wie dat wil uit aan de balie.",
            "%(count)s mensen met een e-mailadres kozen dit thema niet. Nodig wie dat wil uit aan de balie.",
            without,
        )
        found.append(words % {"count": number(without)})
    if not_free:
        words = ngettext(
            "%(count)s mens mogen we nu niet mailen: uitgeschreven, op pauze, een adres dat niet werkt of jonger"
            " dan 13.",
            "%(count)s mensen mogen we nu niet mailen: uitgeschreven, op pauze, een adres dat niet werkt of jonger"
            " dan 13.",
            not_free,
        )
        found.append(words % {"count": number(not_free)})
    if reach.late:
        words = ngettext(
            "%(count)s mens kreeg net al andere mails. Deze komt enkele dagen later, of na een week niet meer.",
            "%(count)s mensen kregen net al andere mails. Deze komt enkele dagen later, of na een week niet meer.",
            reach.late,
        )
        found.append(words % {"count": number(reach.late)})
    return found
