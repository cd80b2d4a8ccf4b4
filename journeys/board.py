"""One journey as its page draws it: every step in words, with the people and mails that passed."""

from collections.abc import Mapping, Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns import balance, subjects
from campaigns import sentences as mail_sentences
from campaigns.balance import Balance, Count
from campaigns.models import LegalBasis
from consent.models import MessageClass, Subject
from journeys import flow, reach, sentences
from journeys.cards import Figure, Label, MailLine, Node, Way
from journeys.definition import Definition, End, Send, Split, Step, Wait
from journeys.flow import Drawn
from journeys.models import JourneyEntry
from journeys.queries.figures import Figures
from journeys.reach import Reach
from members.segments import rules

Exit = JourneyEntry.Exit

# (subject, code) → what it is called at this library.
Labels = Mapping[tuple[str, str], str]


class Board:
    """Everything of one journey; without figures where it never ran."""

    def __init__(
        self,
        definition: Definition,
        labels: Labels,
        *,
        library_name: str,
        figures: Figures | None = None,
        counts: Sequence[Count] = (),
    ) -> None:
        self.definition = definition
        self.figures = figures
        self._labels, self._library_name = labels, library_name
        self._counts = counts

    def with_figures(self, figures: Figures, counts: Sequence[Count]) -> "Board":
        return Board(
            self.definition, self._labels, library_name=self._library_name, figures=figures, counts=counts
        )

    @property
    def nodes(self) -> list[Node]:
        return [self._start(), *(self._node(drawn) for drawn in flow.drawn(self.definition))]

    @property
    def balance(self) -> Balance:
        """All mails of this journey; what entries led to is counted apart."""
        return balance.of(self._counts, expected=self.figures.mails_expected if self.figures else 0)

    @property
    def reach(self) -> Reach | None:
        """Since the journey was first on."""
        if self.figures is None:
            return None
        tally = self.figures.tally
        return reach.of(tally.met, tally.fell, tally.entered, self.definition, is_past=True)

    @property
    def exits(self) -> list[tuple[str, int]]:
        """Why people left, the most frequent first."""
        found = self.figures.exits if self.figures else {}
        return [(sentences.of_exit(reason), count) for reason, count in found.items()]

    @property
    def goal_words(self) -> str:
        """What the journey hopes for, and within how many days."""
        return sentences.of_goal(self.definition)

    @property
    def whom(self) -> list[str]:
        """Who may come in, one condition a line."""
        entry = self.definition.raw["entry"]
        found = [capfirst(rules.explain(part)) for part in entry.get("all", [entry])]
        if self.definition.topics:
            found.append(
                _("Wil mail over %(topics)s") % {"topics": self._named(Subject.TOPIC, self.definition.topics)}
            )
        if self.definition.data_uses:
            uses = self._named(Subject.DATA_USE, self.definition.data_uses)
            found.append(_("Zette aan: %(uses)s") % {"uses": uses})
        return found

    def _named(self, subject: Subject, codes: Sequence[str]) -> str:
        return _(" of ").join(f"‘{self._labels.get((subject, code), code)}’" for code in codes)

    # --- Cards ---------------------------------------------------------------------------------------

    def _start(self) -> Node:
        figures = []
        if self.figures:
            figures = [
                Figure(self.figures.entered, _("begonnen")),
                Figure(self.figures.inside, _("nu onderweg")),
            ]
        starts = self.definition.raw["starts_when"]
        return Node(
            kind="start",
            icon="player-play",
            title=_("Wanneer %(start)s") % {"start": starts},
            words=self.whom,
            figures=figures,
        )

    def _node(self, drawn: Drawn) -> Node:
        step = drawn.step
        match step:
            case Send():
                return self._send(step)
            case Wait():
                return Node(
                    kind="wait",
                    icon="hourglass",
                    title=step.label,
                    figures=self._passing(step),
                )
            case Split():
                return self._split(step, drawn)
            case End():
                return self._end(step)
        raise TypeError(type(step))

    def _passing(self, step: Step) -> list[Figure]:
        """How many came here, stand here, and left from here because they are done."""
        if not self.figures:
            return []
        here, goal = self.figures.here(step.key), self.figures.left(step.key, Exit.GOAL)
        came = self.figures.came(step.key)
        found = [
            Figure(came, ngettext("kwam hier", "kwamen hier", came)),
            Figure(here, ngettext("wacht nu", "wachten nu", here), step.key if here else ""),
        ]
        words = ngettext("bereikte hier het doel", "bereikten hier het doel", goal)
        return [*found, Figure(goal, words)] if goal else found

    def _split(self, step: Split, drawn: Drawn) -> Node:
        ways = [
            Way(
                [
                    Label(side.label, self.figures.took(step.key, side.side) if self.figures else None)
                    for side in lane.sides
                ],
                [self._node(one) for one in lane.steps],
                lane.goes_on,
                lane.goes_to_end,
            )
            for lane in drawn.lanes
        ]
        return Node(kind="split", icon="arrows-split-2", title=step.label, ways=ways)

    def _end(self, step: End) -> Node:
        is_plain = step.reason == Exit.COMPLETED
        words = [] if is_plain else [sentences.of_exit(step.reason)]
        figures = [Figure(self.figures.left(step.key, step.reason), _("klaar"))] if self.figures else []
        return Node(kind="end", icon="flag", title=_("Einde"), words=words, figures=figures)

    def _send(self, step: Send) -> Node:
        mails = [
            MailLine(
                choice.mail,
                subjects.for_staff(
                    self.definition.raw["mails"][choice.mail]["subject"], library_name=self._library_name
                ),
                choice.label if len(step.mails) > 1 else "",
            )
            for choice in step.mails
        ]
        became = balance.of(count for count in self._counts if count.step_key == step.key)
        return Node(
            kind="send",
            icon="mail",
            title=step.label,
            words=[self._basis(step)],
            mails=mails,
            figures=self._mailed(became) if self.figures else [],
            reasons=[(mail_sentences.of_reason(reason), count) for reason, count in became.reasons.items()],
            not_sent=became.not_sent,
        )

    def _mailed(self, mails: Balance) -> list[Figure]:
        found = [
            Figure(mails.accepted, _("verstuurd")),
            Figure(mails.delivered, _("aangekomen")),
            Figure(mails.clicks, _("keer geklikt")),
            Figure(mails.waiting, ngettext("wacht", "wachten", mails.waiting)),
            Figure(mails.unknown, _("onzeker")),
            Figure(mails.bounced, ngettext("kwam terug", "kwamen terug", mails.bounced)),
            Figure(mails.complained, _("gemeld als spam")),
            Figure(mails.unsubscribed, ngettext("schreef zich uit", "schreven zich uit", mails.unsubscribed)),
        ]
        return found[:1] + [figure for figure in found[1:] if figure.number]

    def _basis(self, step: Send) -> str:
        """For whom this mail is, and why it may be sent."""
        uses = ""
        if step.data_uses:
            uses = " " + _("Zette aan: %(uses)s.") % {"uses": self._named(Subject.DATA_USE, step.data_uses)}
        if step.message_class == MessageClass.SERVICE:
            return _("Servicemail: hoort bij het lidmaatschap.") + uses
        if step.basis == LegalBasis.LIBRARY_POLICY:
            return _("Voor alle nieuwe leden: zo besliste de bib.") + uses
        topics = self._named(Subject.TOPIC, step.topics)
        return _("Voor wie mail wil over %(topics)s.") % {"topics": topics} + uses
