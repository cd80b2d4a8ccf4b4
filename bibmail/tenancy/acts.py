"""The audit trail in words: "Sofie veranderde de openingsuren van Centrum"."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bibmail.tenancy import current_library_id
from bibmail.tenancy.models import AuditEntry, Branch, StaffRole

# {subject} is the branch or the colleague, {number} the id of anything else. Apps above may add theirs.
_WORDS: dict[str, str | Promise] = {
    "branch.added": gettext_lazy("voegde de vestiging {subject} toe"),
    "branch.changed": gettext_lazy("paste de vestiging {subject} aan"),
    "hours.changed": gettext_lazy("veranderde de openingsuren van {subject}"),
    "exception.added": gettext_lazy("zette afwijkende openingsuren bij {subject}"),
    "exception.removed": gettext_lazy("haalde afwijkende openingsuren weg bij {subject}"),
    "staff.invited": gettext_lazy("nodigde {subject} uit als {role}"),
    "staff.invited_again": gettext_lazy("nodigde {subject} nog eens uit"),
    "staff.role_changed": gettext_lazy("gaf {subject} de rol {role}"),
    "topic.changed": gettext_lazy("paste het thema ‘{code}’ aan (versie {version})"),
    "import.started": gettext_lazy("laadde een bestand in ({sink})"),
    "import.refusals_downloaded": gettext_lazy(
        "haalde de {rows} niet ingeladen rijen van inlading {number} op"
    ),
    "contact.viewed": gettext_lazy("bekeek de gegevens van contact {number}"),
    "staff.removed": gettext_lazy("haalde {subject} weg bij de medewerkers"),
}


class Act(NamedTuple):
    """One line of the trail."""

    entry: AuditEntry
    who: str
    words: str


class _Blanks(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def register(act: str, words: str | Promise) -> None:
    """Called from AppConfig.ready(); the words may name {subject}, {role} and the keys of the detail."""
    _WORDS[act] = words


def in_words(entries: Iterable[AuditEntry]) -> list[Act]:
    """Each entry as a sentence without its full stop; two queries, however many there are."""
    entries = list(entries)
    names = {
        "branch": {
            key: branch.name for key, branch in Branch.objects.in_bulk(_ids(entries, "branch")).items()
        },
        "staff": _colleagues(_ids(entries, "staff")),
    }
    return [_act(entry, names) for entry in entries]


def _colleagues(user_ids: list[int]) -> dict[int, str]:
    """As this library calls them; who is gone has no name here any more."""
    roles = StaffRole.objects.in_library(current_library_id()).filter(user_id__in=user_ids)
    return dict(roles.values_list("user_id", "name"))


def _ids(entries: list[AuditEntry], kind: str) -> list[int]:
    return [entry.subject_id for entry in entries if entry.subject_kind == kind and entry.subject_id]


def _act(entry: AuditEntry, names: dict[str, dict[int, str]]) -> Act:
    who = entry.actor.name if entry.actor else _("Bibmail zelf")
    words = _WORDS.get(entry.act)
    if words is None:
        return Act(entry, who, _("deed ‘%(act)s’") % {"act": entry.act})
    blanks = _Blanks({key: str(value) for key, value in entry.detail.items()})
    blanks["subject"] = names.get(entry.subject_kind, {}).get(
        entry.subject_id or 0, _("iets dat er niet meer is")
    )
    blanks["number"] = str(entry.subject_id or "")
    if "role" in entry.detail:
        blanks["role"] = _role(entry.detail["role"])
    return Act(entry, who, str(words).format_map(blanks))


def _role(code: str) -> str:
    return str(dict(StaffRole.Role.choices).get(code, code)).lower()
