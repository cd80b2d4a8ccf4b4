from collections.abc import Mapping
from datetime import time
from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bibmail.tenancy import hours
from bibmail.tenancy.hours import Interval
from bibmail.tenancy.models import Branch, OpeningException, OpeningHours, StaffRole
from bibmail.tenancy.models.branch import Weekday
from bibmail.tenancy.templatetags.bibmail import clock

_NO_CLOCK = gettext_lazy("‘%(text)s’ is geen uur. Schrijf het als 9.00 of 18.30.")

if TYPE_CHECKING:
    _BranchForm = forms.ModelForm[Branch]
    _ExceptionForm = forms.ModelForm[OpeningException]
else:
    _BranchForm = _ExceptionForm = forms.ModelForm


class BranchForm(_BranchForm):
    class Meta:
        model = Branch
        fields = ["name", "code", "kind", "street", "house_number", "postal_code", "city", "phone", "email"]
        help_texts = {
            "name": gettext_lazy("Zoals mensen ze kennen, bijvoorbeeld ‘Centrum’."),
            "code": gettext_lazy("De code uit je bibliotheeksysteem, bijvoorbeeld 3550."),
        }
        widgets = {
            name: forms.TextInput(attrs={"autocomplete": "off"})
            for name in ("name", "code", "street", "house_number", "postal_code", "city", "phone")
        } | {"email": forms.EmailInput(attrs={"autocomplete": "off"})}

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).strip()
        taken = Branch.objects.filter(code=code).exclude(pk=self.instance.pk).first()
        if taken:
            raise forms.ValidationError(
                _("De code %(code)s hoort al bij %(branch)s. Elke vestiging heeft een eigen code.")
                % {"code": code, "branch": taken.name}
            )
        return code


class Line(NamedTuple):
    """One interval as it stands in the form, typed over or from the database."""

    name: str
    opens: str
    closes: str
    is_self_service: bool


class DayLines(NamedTuple):
    weekday: int
    label: str
    error: str
    lines: list[Line]


class WeekForm:
    """The ordinary week of a branch: per day as many intervals as there are, and one empty line more."""

    MOST_LINES = 6

    def __init__(self, data: Mapping[str, Any] | None, *, stored: list[OpeningHours]) -> None:
        self._lines = self._typed(data) if data is not None else self._stored(stored)
        self.intervals: list[Interval] = []
        self.errors: dict[int, str] = {}

    def is_valid(self) -> bool:
        for weekday, lines in self._lines.items():
            try:
                self.intervals += _day(weekday, lines)
            except forms.ValidationError as refusal:
                self.errors[weekday] = " ".join(refusal.messages)
        return not self.errors

    @property
    def days(self) -> list[DayLines]:
        return [
            DayLines(
                weekday.value,
                str(weekday.label),
                self.errors.get(weekday, ""),
                [*self._lines[weekday], Line(f"{weekday.value}-{len(self._lines[weekday])}", "", "", False)],
            )
            for weekday in Weekday
        ]

    def _stored(self, rows: list[OpeningHours]) -> dict[int, list[Line]]:
        lines: dict[int, list[Line]] = {weekday: [] for weekday in Weekday}
        for row in rows:
            name = f"{row.weekday}-{len(lines[row.weekday])}"
            lines[row.weekday].append(Line(name, clock(row.opens), clock(row.closes), row.is_self_service))
        return lines

    def _typed(self, data: Mapping[str, Any]) -> dict[int, list[Line]]:
        return {
            weekday: [
                Line(
                    name,
                    data.get(f"{name}-opens", ""),
                    data.get(f"{name}-closes", ""),
                    f"{name}-alone" in data,
                )
                for name in (f"{weekday.value}-{number}" for number in range(self.MOST_LINES))
                if data.get(f"{name}-opens") or data.get(f"{name}-closes")
            ]
            for weekday in Weekday
        }


def _day(weekday: int, lines: list[Line]) -> list[Interval]:
    """The intervals of a day; raises ValidationError with the mend when they cannot be."""
    found = []
    for line in lines:
        if not (line.opens.strip() and line.closes.strip()):
            raise forms.ValidationError(_("Vul het begin en het einde in, of maak allebei leeg."))
        opens, closes = hours.read_clock(line.opens), hours.read_clock(line.closes)
        if opens is None or closes is None:
            raise forms.ValidationError(_NO_CLOCK % {"text": line.opens if opens is None else line.closes})
        if closes <= opens:
            raise forms.ValidationError(
                _("%(hours)s kan niet: het einde komt na het begin. Wissel de uren om of pas ze aan.")
                % {"hours": hours.between(opens, closes)}
            )
        found.append(Interval(weekday, opens, closes, line.is_self_service))
    pair = hours.overlap(found)
    if pair:
        raise forms.ValidationError(
            _(
                "%(first)s en %(second)s overlappen. Laat het tweede later beginnen, of maak er één geheel van."
            )
            % {
                "first": hours.between(pair[0].opens, pair[0].closes),
                "second": hours.between(pair[1].opens, pair[1].closes),
            }
        )
    return found


class ClockField(forms.Field):
    """An hour as people write it; a text field, since the browser's own shows 9.00 AM to many."""

    widget = forms.TextInput(
        attrs={"inputmode": "decimal", "autocomplete": "off", "class": "form-control bm-w-s"}
    )

    def to_python(self, value: Any) -> time | None:
        if not value or isinstance(value, time):
            return value or None
        found = hours.read_clock(value)
        if found is None:
            raise forms.ValidationError(_NO_CLOCK % {"text": value})
        return found


class ExceptionForm(_ExceptionForm):
    opens = ClockField(label=gettext_lazy("Van"), required=False)
    closes = ClockField(label=gettext_lazy("Tot"), required=False)

    class Meta:
        model = OpeningException
        fields = ["starts_on", "ends_on", "opens", "closes", "note"]
        help_texts = {
            "note": gettext_lazy("Bijvoorbeeld ‘Allerheiligen’."),
        }
        widgets = {
            "starts_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "ends_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "note": forms.TextInput(attrs={"autocomplete": "off"}),
        }

    def __init__(self, *args: Any, others: list[OpeningException], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._others = others

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        opens, closes = cleaned.get("opens"), cleaned.get("closes")
        if first and last and last < first:
            self.add_error(
                "ends_on", _("De laatste dag komt voor de eerste. Wissel de dagen om of pas ze aan.")
            )
        if (opens is None) != (closes is None):
            self.add_error("opens", _("Vul van en tot allebei in, of maak ze allebei leeg voor ‘gesloten’."))
        elif opens and closes and closes <= opens:
            self.add_error("closes", _("Het einde komt na het begin. Pas één van de twee uren aan."))
        return cleaned

    def _post_clean(self) -> None:  # Django's hook: the instance is filled here
        super()._post_clean()  # type: ignore[misc]  # not in the stubs
        if not self.errors and (other := hours.clashes(self.instance, self._others)):
            self.add_error(
                "starts_on",
                _("Voor die dagen staat er al iets: %(other)s. Verwijder dat eerst, of kies andere dagen.")
                % {"other": hours.exception_words(other)},
            )


class _RoleFields(forms.Form):
    role = forms.ChoiceField(
        label=gettext_lazy("Rol"),
        choices=[
            (StaffRole.Role.READER, gettext_lazy("Lezer: kijkt mee, verandert niets")),
            (StaffRole.Role.EDITOR, gettext_lazy("Redacteur: maakt mails en past thema’s en uren aan")),
            (StaffRole.Role.APPROVER, gettext_lazy("Goedkeurder: kijkt mails na voor ze vertrekken")),
            (StaffRole.Role.ADMIN, gettext_lazy("Beheerder: alles, ook medewerkers en vestigingen")),
        ],
        widget=forms.RadioSelect,
    )
    sees_people = forms.BooleanField(
        label=gettext_lazy("Mag gegevens van mensen zien"),
        help_text=gettext_lazy(
            "Namen, adressen en wat iemand deed. Zonder dit ziet deze collega alleen aantallen."
        ),
        required=False,
    )


class InviteForm(_RoleFields):
    name = forms.CharField(
        label=gettext_lazy("Voornaam en naam"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mailadres"),
        help_text=gettext_lazy("Het adres van het werk. Hiermee meldt je collega zich aan."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    field_order = ["name", "email", "role", "sees_people"]


class RoleForm(_RoleFields):
    """A colleague who is there already; who gives up their own management says so twice."""

    confirmed = forms.BooleanField(
        label=gettext_lazy("Ja, ik wil zelf geen beheerder meer zijn"),
        help_text=gettext_lazy("Daarna kan alleen een andere beheerder je die rol teruggeven."),
        required=False,
    )

    def __init__(self, *args: Any, is_own_admin_role: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_own_admin_role = is_own_admin_role
        if not is_own_admin_role:
            del self.fields["confirmed"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        gives_up = self._is_own_admin_role and cleaned.get("role") not in {None, StaffRole.Role.ADMIN}
        if gives_up and not cleaned.get("confirmed"):
            self.add_error("confirmed", _("Vink dit aan als je echt je eigen rol als beheerder wil opgeven."))
        return cleaned
