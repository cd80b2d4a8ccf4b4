"""One form for each kind of question that a rule asks of people; what it makes is a leaf of the rule language."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members import own_field_forms
from members.rule_form import Rule, RuleForm, number_input
from members.segments.fields import Choices, Field

_COMPARED = {
    "gte": gettext_lazy("minstens"),
    "lte": gettext_lazy("hoogstens"),
    "eq": gettext_lazy("precies"),
}
_AGES = {"gte": gettext_lazy("zo oud of ouder"), "lte": gettext_lazy("zo oud of jonger")}


class _NumberRule(RuleForm):
    words: Mapping[str, Any] = _COMPARED

    def build(self, choices: Choices) -> None:
        offered = [(op, words) for op, words in self.words.items() if op in self.field.operators]
        self.fields["op"] = forms.ChoiceField(label=gettext_lazy("Vergelijk"), choices=offered)
        self.fields["value"] = number_input(str(self.field.label), least=0, most=self.field.most)


class _AgeRule(_NumberRule):
    words = _AGES


class _DaysRule(RuleForm):
    def build(self, choices: Choices) -> None:
        # "kwam 30 dagen of langer niet meer" with a gap where the number comes.
        options = [(op, self.field.words(op, 30).replace("30", "…")) for op in self.field.operators]
        self.fields["op"] = forms.ChoiceField(
            label=str(self.field.label), choices=options, widget=forms.RadioSelect, initial=options[0][0]
        )
        most = min(self.field.most, 3650)
        self.fields["value"] = number_input(gettext_lazy("Hoeveel dagen?"), least=self.least, most=most)

    least = 1


class _AheadRule(_DaysRule):
    # Today is no day ahead.
    least = 0


class _WindowRule(RuleForm):
    def build(self, choices: Choices) -> None:
        offered = [("gte", _("minstens")), ("lt", _("minder dan"))]
        self.fields["op"] = forms.ChoiceField(label=str(self.field.label), choices=offered)
        self.fields["times"] = number_input(gettext_lazy("Hoeveel keer?"), least=1, most=1000)
        self.fields["days"] = number_input(
            gettext_lazy("In de laatste hoeveel dagen?"), least=1, most=self.field.most
        )

    @property
    def value(self) -> Any:
        return {"times": self.cleaned_data["times"], "days": self.cleaned_data["days"]}


class _YesNoRule(RuleForm):
    def build(self, choices: Choices) -> None:
        self.fields["value"] = forms.TypedChoiceField(
            label=str(self.field.label),
            choices=[("ja", self.field.words("is", True)), ("nee", self.field.words("is", False))],
            coerce=lambda said: said == "ja",
            empty_value=None,
            widget=forms.RadioSelect,
        )

    @property
    def op(self) -> str:
        return "is"


class _ChoiceRule(RuleForm):
    def build(self, choices: Choices) -> None:
        self.fields["value"] = forms.MultipleChoiceField(
            label=str(self.field.label), choices=list(choices), widget=forms.CheckboxSelectMultiple
        )

    @property
    def op(self) -> str:
        return "in"


class _OneRule(RuleForm):
    def build(self, choices: Choices) -> None:
        if len(choices) == 1:
            self.sentence = self.field.words("is", choices[0][0])
            self._only = choices[0][0]
        else:
            self.fields["value"] = forms.ChoiceField(label=str(self.field.label), choices=list(choices))

    @property
    def op(self) -> str:
        return "is"

    @property
    def value(self) -> Any:
        said = self.cleaned_data["value"] if "value" in self.fields else self._only
        return int(said) if self.field.code == "segment" else said


class _TextRule(RuleForm):
    def build(self, choices: Choices) -> None:
        self.fields["value"] = forms.CharField(
            label=str(self.field.label),
            max_length=200,
            help_text=gettext_lazy("Meer dan één mag, met een komma ertussen. Schrijf het zoals in Wise."),
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )

    def clean_value(self) -> list[str]:
        return [one.strip() for one in str(self.cleaned_data["value"]).split(",") if one.strip()]

    @property
    def op(self) -> str:
        return "in"


class _PostalCodeRule(RuleForm):
    def build(self, choices: Choices) -> None:
        self.fields["value"] = forms.CharField(
            label=str(self.field.label),
            max_length=200,
            help_text=gettext_lazy("Meer dan één mag, met een komma ertussen: 9620, 9630."),
            widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        )

    def clean_value(self) -> list[str]:
        codes = str(self.cleaned_data["value"]).replace(",", " ").split()
        for code in codes:
            if not (code.isdigit() and len(code) == 4):
                raise forms.ValidationError(
                    _("‘%(code)s’ is geen postcode. Schrijf vier cijfers.") % {"code": code}
                )
        return codes

    @property
    def op(self) -> str:
        return "in"


class _ChildAgeRule(RuleForm):
    def build(self, choices: Choices) -> None:
        self.fields["youngest"] = number_input(gettext_lazy("Van hoeveel jaar?"), least=0, most=17)
        self.fields["oldest"] = number_input(gettext_lazy("Tot en met hoeveel jaar?"), least=0, most=17)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        youngest, oldest = cleaned.get("youngest"), cleaned.get("oldest")
        if youngest is not None and oldest is not None and oldest < youngest:
            self.add_error("oldest", _("Het oudste kind is jonger dan het jongste. Wissel de leeftijden om."))
        return cleaned

    @property
    def op(self) -> str:
        return "in"

    @property
    def value(self) -> Any:
        return [self.cleaned_data["youngest"], self.cleaned_data["oldest"]]


_FORMS: Mapping[str, type[RuleForm]] = {
    "number": _NumberRule,
    "days_ago": _DaysRule,
    "days_ahead": _AheadRule,
    "birthday": _AheadRule,
    "age": _AgeRule,
    "ages": _ChildAgeRule,
    "yes_no": _YesNoRule,
    "choice": _ChoiceRule,
    "one": _OneRule,
    "code": _PostalCodeRule,
    "text": _TextRule,
    "window": _WindowRule,
    "own_text": own_field_forms.TextRule,
    "own_number": own_field_forms.NumberRule,
    "own_day": own_field_forms.DayRule,
}


def rule_form(
    field: Field, data: Mapping[str, Any] | None = None, *, choices: Choices = (), leaf: Rule | None = None
) -> RuleForm:
    """The form of a sentence about this field, filled with the sentence that stands there."""
    return _FORMS[field.kind](data, field=field, choices=choices, initial=_initial(field, leaf))


def _initial(field: Field, leaf: Rule | None) -> dict[str, Any]:
    if leaf is None:
        return {}
    value = leaf["value"]
    match field.kind:
        case "ages":
            return {"youngest": value[0], "oldest": value[1]}
        case "window":
            return {"op": leaf["op"], **value}
        case "own_text" | "own_number" | "own_day":
            return {"op": leaf["op"], **own_field_forms.typed(value)}
        case "yes_no":
            value = "ja" if value else "nee"
        case "code" | "text":
            value = ", ".join(value) if isinstance(value, list) else value
        case "choice":
            value = value if isinstance(value, list) else [value]
    return {"op": leaf["op"], "value": value}
