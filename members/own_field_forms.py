"""Questions about the library's own fields of text, number and date: which field, how, and with what."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members import custom_fields
from members.models import CustomField
from members.rule_form import RuleForm, number_input
from members.segments.fields import Choices
from members.segments.own_fields import read_number

_TEXT_OPS = {
    "is": gettext_lazy("is precies"),
    "is_not": gettext_lazy("is iets anders dan"),
    "starts": gettext_lazy("begint met"),
}
_NUMBER_OPS = {
    "gte": gettext_lazy("is minstens"),
    "lte": gettext_lazy("is hoogstens"),
    "eq": gettext_lazy("is precies"),
    "between": gettext_lazy("ligt tussen"),
}
_DAY_OPS = {
    "before": gettext_lazy("valt voor"),
    "after": gettext_lazy("valt na"),
    "last": gettext_lazy("valt in de laatste dagen"),
    "next": gettext_lazy("valt in de komende dagen"),
}
_KNOWN_OPS = {"known": gettext_lazy("is ingevuld"), "unknown": gettext_lazy("is niet ingevuld")}


class _OwnFieldRule(RuleForm):
    """Which field, and how; subclasses add what is typed and say which operator needs which of it."""

    ops: Mapping[str, Any]
    needs: Mapping[str, tuple[str, ...]]

    def build(self, choices: Choices) -> None:
        self.fields["of"] = forms.ChoiceField(label=gettext_lazy("Welk veld?"), choices=list(choices))
        self.fields["op"] = forms.ChoiceField(
            label=gettext_lazy("Vergelijk"), choices=[*self.ops.items(), *_KNOWN_OPS.items()]
        )
        if not choices:
            self.sentence = _("Er is nog geen eigen veld van deze soort. Maak het eerst bij Gegevens.")
        self.typed()

    def typed(self) -> None:
        """Add the inputs for what is typed; none is required until the operator asks for it."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in self.needs.get(cleaned.get("op", ""), ()):
            if name not in self.errors and cleaned.get(name) in (None, ""):
                self.add_error(name, _("Vul dit in, of kies een andere vergelijking."))
        return cleaned

    @property
    def value(self) -> Any:
        found = {name: self.cleaned_data[name] for name in self.needs.get(self.op, ())}
        return {"of": self.cleaned_data["of"], **found}


class TextRule(_OwnFieldRule):
    """`‘Leesclub’ begint met ‘De’`."""

    ops = _TEXT_OPS
    needs = {"is": ("text",), "is_not": ("text",), "starts": ("text",)}

    def typed(self) -> None:
        """One text."""
        self.fields["text"] = forms.CharField(
            label=gettext_lazy("Tekst"),
            max_length=200,
            required=False,
            help_text=gettext_lazy("Let op hoofdletters: schrijf het zoals het bij de mensen staat."),
            widget=forms.TextInput(attrs={"class": "form-control bm-w-m", "autocomplete": "off"}),
        )


class NumberRule(_OwnFieldRule):
    """`‘Lidgeld’ ligt tussen 5 en 12,5`."""

    ops = _NUMBER_OPS
    needs = {"gte": ("number",), "lte": ("number",), "eq": ("number",), "between": ("number", "most")}

    def typed(self) -> None:
        """A number, and a second one for what lies between two."""
        self.fields["number"] = _DecimalText(label=gettext_lazy("Getal"))
        self.fields["most"] = _DecimalText(
            label=gettext_lazy("Tot en met"), help_text=gettext_lazy("Alleen bij ‘ligt tussen’.")
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        least, most = cleaned.get("number"), cleaned.get("most")
        if cleaned.get("op") == "between" and least and most and read_number(most) < read_number(least):
            self.add_error("most", _("Dit getal is kleiner dan het eerste. Wissel ze om."))
        return cleaned

    @property
    def value(self) -> Any:
        found = super().value
        if self.op == "between":
            return {"of": found["of"], "least": found["number"], "most": found["most"]}
        return found


class DayRule(_OwnFieldRule):
    """`‘Startdatum’ valt in de laatste 30 dagen`."""

    ops = _DAY_OPS
    needs = {"before": ("day",), "after": ("day",), "last": ("days",), "next": ("days",)}

    def typed(self) -> None:
        """A day, or a number of days."""
        self.fields["day"] = forms.DateField(
            label=gettext_lazy("Welke dag?"),
            required=False,
            help_text=gettext_lazy("Alleen bij ‘valt voor’ en ‘valt na’."),
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "form-control bm-w-m"}),
        )
        self.fields["days"] = number_input(gettext_lazy("Hoeveel dagen?"), least=0, most=3650)
        self.fields["days"].required = False
        self.fields["days"].help_text = gettext_lazy("Alleen bij de laatste of de komende dagen.")

    @property
    def value(self) -> Any:
        found = super().value
        return found | {"day": found["day"].isoformat()} if "day" in found else found


class _DecimalText(forms.CharField):
    """A number as people write it, kept as text with a point."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"class": "form-control bm-w-s", "inputmode": "decimal"})
        super().__init__(required=False, max_length=20, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        said = str(super().clean(value))
        try:
            found = custom_fields.read(CustomField(type=CustomField.Type.NUMBER), said).number
        except custom_fields.Unreadable:
            raise forms.ValidationError(
                _("‘%(number)s’ is geen getal. Schrijf bijvoorbeeld 12,50.") % {"number": said}
            ) from None
        return "" if found is None else f"{found.normalize():f}"


def typed(value: Mapping[str, Any]) -> dict[str, Any]:
    """What somebody typed to make this value of a question."""
    found = dict(value)
    if "least" in found:
        found["number"] = found.pop("least")
    for name in {"number", "most"} & found.keys():
        found[name] = number_format(read_number(found[name]), use_l10n=True)
    return found
