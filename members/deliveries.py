"""Import runs as pages show them: figures in the order of the work, rows with their mend."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bibmail.tenancy import sinks
from bibmail.tenancy.plots import Progress
from members import queries, sentences
from members.models import Contact, ImportRefusal, ImportRun, Membership
from members.quality import Other

# A library system delivers daily; a week of silence is worth a look.
_STALE = timedelta(days=7)
# What a colleague without the right to see people sees of a refused value.
_HIDDEN = "••••"
# A cell that begins so is a formula to a spreadsheet (OWASP ASVS 1.2.10).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


class Shown(NamedTuple):
    """One run as a card or a line."""

    run: ImportRun
    label: str | Promise
    progress: Progress
    failure: str
    notices: list[str]
    # How we read the file.
    written: str

    @property
    def tone(self) -> str:
        if self.run.state == ImportRun.State.FAILED:
            return "bad"
        if self.run.state == ImportRun.State.DONE:
            return "warn" if self.run.refused_count else "good"
        if self.run.state == ImportRun.State.DROPPED:
            return ""
        return "brand"


@dataclass(frozen=True)
class Group:
    """A tab above the refused rows."""

    code: str
    label: str | Promise
    count: int
    is_chosen: bool


class Row(NamedTuple):
    """A refused row: where, what stood there, what is wrong and the mend."""

    line: int
    column: str | Promise
    value: str
    wrong: str
    mend: str


class Freshness(NamedTuple):
    """A kind of data and when it last came in."""

    sink: sinks.Sink
    last: queries.LastDelivery | None
    is_stale: bool


def shown(run: ImportRun) -> Shown:
    """Everything a page says of one run."""
    sink = sinks.get(run.sink)
    progress = Progress(
        label=_("Voortgang van het inladen"),
        done=run.bytes_read,
        total=run.byte_count,
        words=ngettext("%(count)s rij gelezen", "%(count)s rijen gelezen", run.rows_count)
        % {"count": sentences.number(run.rows_count)},
        note=_("Wacht op een vrije plek") if run.state == ImportRun.State.WAITING else "",
    )
    failure = sentences.of_failure(run) if run.failure and not run.is_under_way else ""
    return Shown(run, sink.label, progress, failure, _notices(run), _written(run))


def _notices(run: ImportRun) -> list[str]:
    """What a reader of the result must know about the columns of the file."""
    notices = [
        _(
            "De kolom ‘%(column)s’ laden we niet in. Daar lijken rijksregisternummers in te staan. "
            "Die mag Bibmail niet bewaren."
        )
        % {"column": name}
        for name in run.reading.get("national", [])
    ]
    if ignored := run.reading.get("ignored", []):
        listed = ", ".join(f"‘{name}’" for name in ignored)
        notices.append(_("Deze kolommen gebruiken we niet: %(columns)s.") % {"columns": listed})
    if run.state == ImportRun.State.DONE and not run.rows_count:
        notices.append(_("Het bestand had alleen een titelrij."))
    return notices


_FORMATS = {"csv": "CSV", "tsv": "TSV", "xlsx": "Excel", "ods": "OpenDocument", "jsonl": "JSON Lines"}


def _written(run: ImportRun) -> str:
    """How we read the file, where another reading was possible."""
    reading = run.reading
    if "format" not in reading:
        return ""
    parts = [_FORMATS[reading["format"]]]
    if sheet := reading.get("sheet"):
        parts.append(_("blad ‘%(sheet)s’") % {"sheet": sheet})
    if encoding := reading.get("encoding"):
        parts.append({"utf-8-sig": "UTF-8", "mixed": _("twee tekensets door elkaar")}.get(encoding, encoding))
    if separator := reading.get("separator"):
        parts.append(
            _("gescheiden door %(separator)s")
            % {"separator": "TAB" if separator == "\t" else f"‘{separator}’"}
        )
    parts.append(
        _("datums als maand/dag/jaar")
        if reading.get("date_style") == "mdy"
        else _("datums als dag/maand/jaar")
    )
    return _("Zo lazen we het bestand: %(how)s.") % {"how": ", ".join(parts)}


def examples(run: ImportRun) -> list[dict[str, Any]]:
    """A few people whose data the rehearsal would change, with the fields in words."""
    labels = {
        (model._meta.db_table, field.column): field.verbose_name
        for model in (Contact, Membership)
        for field in model._meta.concrete_fields
    }
    return [
        {
            "who": example["who"],
            "changes": [
                {
                    **change,
                    "label": str(
                        labels.get((change["table"], change["column"]), change["column"])
                    ).capitalize(),
                }
                for change in example["changes"]
            ],
        }
        for example in run.rehearsal.get("examples", [])
    ]


def groups(run: ImportRun, *, chosen: str) -> list[Group]:
    """The tabs: everything, then each reason with its number, most first."""
    by_code = sorted(run.refused_by_code.items(), key=lambda pair: (-pair[1], pair[0]))
    return [
        Group("", _("Alle"), run.refused_count, is_chosen=not chosen),
        *(
            Group(code, sentences.GROUPS.get(code, code), count, is_chosen=code == chosen)
            for code, count in by_code
        ),
    ]


def row(refusal: ImportRefusal, *, of: ImportRun, sees_people: bool) -> Row:
    """One refused row in words."""
    wrong, mend = sentences.of_refusal(refusal)
    hides = refusal.value and not sees_people
    if hides and refusal.value in mend:
        mend = ""
    return Row(
        refusal.line,
        _label_of(refusal.column, of),
        _HIDDEN if hides else refusal.value or _nothing(refusal),
        wrong,
        "" if hides and refusal.code == "bad_email" else mend,
    )


def _nothing(refusal: ImportRefusal) -> str:
    """Values go after a month; only an empty cell is sure to have been empty."""
    return _("(leeg)") if refusal.code == "missing" else _("(leeg of niet meer bewaard)")


def _label_of(header: str, run: ImportRun) -> str | Promise:
    columns = sinks.get(run.sink).columns
    return next((column.label for column in columns if column.header == header), _("Hele rij"))


def harmless(value: str) -> str:
    """The value with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def as_trouble(at: datetime) -> Other | None:
    """For the report on the data: sources that were not heard of for a week."""
    silent = [one for one in freshness(at=at) if one.is_stale]
    if not silent:
        return None
    return Other(
        title=_("Bestanden die al meer dan een week niet meer binnenkwamen"),
        why=", ".join(str(one.sink.label) for one in silent),
        found_count=len(silent),
        page="data",
        mend=_("Laad ze opnieuw in, of kijk de koppeling na."),
    )


def freshness(*, at: datetime) -> list[Freshness]:
    """Every kind of file, in loading order, with its last delivery."""
    last = queries.last_deliveries()
    return [
        Freshness(sink, found, is_stale=found is not None and found.finished_at < at - _STALE)
        for sink in sinks.in_order()
        for found in [last.get(sink.code)]
    ]
