"""One form for each kind of question that a rule asks of people; what it makes is a leaf of the rule language."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.drafts import Rule
from campaigns.forms.head import Choices
from campaigns.forms.inputs import number
from members.segments import fields as segment_fields
from members.segments.fields import Field

_COMPARED = {
    "gte": gettext_lazy("minstens"),
    "lte": gettext_lazy("hoogstens"),
    "eq": gettext_lazy("precies"),
}
_AGES = {"gte": gettext_lazy("zo oud of ouder"), "lte": gettext_lazy("zo oud of jonger")}


class RuleForm(forms.Form):
    """One sentence of a rule; subclasses say which input the kind of field takes."""

    def __init__(self, *args: Any, field: Field, choices: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.field = field
        self.build(choices)

    def build(self, choices: Choices) -> None:
        """Add the inputs."""

    @property
    def leaf(self) -> Rule:
        return {"field": self.field.code, "op": self.op, "value": self.value}

    @property
    def op(self) -> str:
        return str(self.cleaned_data["op"])

    @property
    def value(self) -> Any:
        return self.cleaned_data["value"]


class _NumberRule(RuleForm):
    most = 10_000
    words: Mapping[str, Any] = _COMPARED

    def build(self, choices: Choices) -> None:
        self.fields["op"] = forms.ChoiceField(
            label=gettext_lazy("Vergelijk"), choices=list(self.words.items())
        )
        self.fields["value"] = number(str(self.field.label), least=0, most=self.most)


class _AgeRule(_NumberRule):
    most = 120
    words = _AGES


class _DaysRule(RuleForm):
    def build(self, choices: Choices) -> None:
        # "kwam 30 dagen of langer niet meer" with a gap where the number comes.
        options = [(op, self.field.words(op, 30).replace("30", "…")) for op in self.field.operators]
        self.fields["op"] = forms.ChoiceField(
            label=str(self.field.label), choices=options, widget=forms.RadioSelect, initial=options[0][0]
        )
        self.fields["value"] = number(gettext_lazy("Hoeveel dagen?"), least=1, most=3650)


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
        self.fields["youngest"] = number(gettext_lazy("Van hoeveel jaar?"), least=0, most=17)
        self.fields["oldest"] = number(gettext_lazy("Tot en met hoeveel jaar?"), least=0, most=17)

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


class _SaidRule(RuleForm):
    """Nothing to fill in: the sentence says it all."""

    @property
    def op(self) -> str:
        return "is"

    @property
    def value(self) -> Any:
        return "studying"


# The first set, in the order in which the page offers it.
_RULE_FORMS: Mapping[str, type[RuleForm]] = {
    "age": _AgeRule,
    "branch": _ChoiceRule,
    "membership_valid": _YesNoRule,
    "last_active": _DaysRule,
    "member_since": _DaysRule,
    "postal_code": _PostalCodeRule,
    "language": _ChoiceRule,
    "relation": _ChoiceRule,
    "on_list": _ChoiceRule,
    "funnel_stage": _ChoiceRule,
    "wants_topic": _ChoiceRule,
    "interest": _SaidRule,
    "child_age": _ChildAgeRule,
    "loans_count": _NumberRule,
    "ebook_loans_count": _NumberRule,
    "seat_reservations_count": _NumberRule,
}


def rule_fields() -> list[Field]:
    """The fields that a newsletter's rule can ask about."""
    return [segment_fields.get(code) for code in _RULE_FORMS]


def has_rule_form(code: str) -> bool:
    return code in _RULE_FORMS


def rule_form(
    field: Field, data: Mapping[str, Any] | None = None, *, choices: Choices = (), leaf: Rule | None = None
) -> RuleForm:
    """The form of a sentence about this field, filled with the sentence that stands there."""
    return _RULE_FORMS[field.code](data, field=field, choices=choices, initial=_initial(leaf))


def _initial(leaf: Rule | None) -> dict[str, Any]:
    if leaf is None:
        return {}
    value = leaf["value"]
    if leaf["field"] == "child_age":
        return {"youngest": value[0], "oldest": value[1]}
    if isinstance(value, bool):
        value = "ja" if value else "nee"
    if leaf["field"] == "postal_code":
        value = ", ".join(value)
    return {"op": leaf["op"], "value": value}
