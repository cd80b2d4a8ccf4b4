"""What a colleague fills in: the head of a newsletter, each kind of block, each kind of rule, and when to send."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bibmail.tenancy.forms import ClockField
from campaigns import drafts
from campaigns.drafts import Block, Rule
from campaigns.models import Campaign
from members.segments import fields as segment_fields
from members.segments.fields import Field

Choices = Sequence[tuple[str, str]]

_FIELDS_HINT = gettext_lazy(
    "[Voornaam], [Bibliotheek] en [Vestiging] vullen we voor iedereen in. Een onbekende voornaam wordt ‘lezer’."
)


class _Words(forms.CharField):
    """Text in which [Voornaam] stands for the first name; a field that no mail knows is refused."""

    def prepare_value(self, value: Any) -> Any:
        return drafts.spoken(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        text = drafts.written(str(super().clean(value)).replace("\r\n", "\n"))
        if unknown := drafts.unknown_fields(text):
            raise forms.ValidationError(
                _("We kennen {{%(field)s}} niet. Haal het weg of schrijf [Voornaam].") % {"field": unknown[0]}
            )
        return text


def _line(label: Any, *, most: int = 150, required: bool = False, hint: Any = "") -> _Words:
    return _Words(
        label=label,
        max_length=most,
        required=required,
        help_text=hint,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _text(label: Any, *, required: bool = False, hint: Any = "") -> _Words:
    return _Words(
        label=label,
        max_length=5000,
        required=required,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


def _number(label: Any, *, least: int, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput(attrs={"class": "form-control bm-w-s"}),
    )


class HeadForm(forms.Form):
    """Name, subject, preheader and topic of a newsletter."""

    subject = _line(
        gettext_lazy("Onderwerp"),
        required=True,
        hint=gettext_lazy("Wat mensen in hun postvak zien. Hou het onder 65 tekens."),
    )
    preheader = _line(
        gettext_lazy("Voorvertoningstekst"),
        most=200,
        hint=gettext_lazy("De regel die na het onderwerp komt."),
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("Thema"),
        help_text=gettext_lazy("Alleen wie dit thema koos, krijgt de nieuwsbrief."),
    )
    name = forms.CharField(
        label=gettext_lazy("Naam voor jullie zelf"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, campaign: Campaign, topics: Choices, **kwargs: Any) -> None:
        kwargs["initial"] = {
            name: getattr(campaign, name) for name in ("name", "subject", "preheader", "topic")
        }
        super().__init__(*args, **kwargs)
        topic = self.fields["topic"]
        assert isinstance(topic, forms.ChoiceField)  # noqa: S101  # declared above
        # A topic that is not offered any more stays visible until another is chosen.
        known = {code for code, _label in topics}
        topic.choices = [*topics, *([] if campaign.topic in known else [(campaign.topic, campaign.topic)])]


# --- Blocks ----------------------------------------------------------------------------------------


class _BlockForm(forms.Form):
    """One block. What `cleaned_data` holds are its options."""

    def __init__(self, *args: Any, services: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "services" in self.fields:
            field = self.fields["services"]
            assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  # declared below
            field.choices = list(services)


class _GreetingForm(_BlockForm):
    title = _line(gettext_lazy("Titel"), required=True, hint=_FIELDS_HINT)
    text = _text(gettext_lazy("Tekst"), hint=gettext_lazy("Een lege regel begint een nieuwe alinea."))


class _TextForm(_BlockForm):
    title = _line(gettext_lazy("Titel"))
    text = _text(
        gettext_lazy("Tekst"),
        required=True,
        hint=gettext_lazy("Een lege regel begint een nieuwe alinea. **Zo** zet je een woord in het vet."),
    )


class _HeadingForm(_BlockForm):
    title = _line(gettext_lazy("Tussentitel"), required=True)


class _AcquisitionsForm(_BlockForm):
    title = _line(
        gettext_lazy("Titel"), hint=gettext_lazy("Laat je dit leeg, dan staat er ‘Nieuw in de bib’.")
    )
    max = _number(gettext_lazy("Hoeveel titels?"), least=1, most=12)


class _EventsForm(_BlockForm):
    title = _line(
        gettext_lazy("Titel"), hint=gettext_lazy("Laat je dit leeg, dan staat er ‘Binnenkort te doen’.")
    )
    days = _number(gettext_lazy("Hoeveel dagen vooruit?"), least=1, most=90)
    max = _number(gettext_lazy("Hoeveel activiteiten?"), least=1, most=10)


class _OfferForm(_BlockForm):
    title = _line(gettext_lazy("Titel"))
    services = forms.MultipleChoiceField(
        label=gettext_lazy("Welke diensten?"),
        help_text=gettext_lazy("Je ziet alleen diensten die je bib heeft."),
        widget=forms.CheckboxSelectMultiple,
    )


class _ButtonForm(_BlockForm):
    label = _line(
        gettext_lazy("Tekst op de knop"),
        most=60,
        required=True,
        hint=gettext_lazy("Begin met een werkwoord, bijvoorbeeld ‘Bekijk de agenda’."),
    )
    url = forms.URLField(
        label=gettext_lazy("Webadres"),
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
    )


class _PollForm(_BlockForm):
    question = _line(gettext_lazy("Vraag"), required=True, hint=gettext_lazy("Het antwoord is ja of nee."))


class _HoursForm(_BlockForm):
    title = _line(
        gettext_lazy("Titel"),
        hint=gettext_lazy("Laat je dit leeg, dan staat er ‘Kom langs in’ en de vestiging."),
    )


_BLOCK_FORMS: Mapping[str, type[_BlockForm]] = {
    "greeting": _GreetingForm,
    "text": _TextForm,
    "heading": _HeadingForm,
    "new_acquisitions": _AcquisitionsForm,
    "events": _EventsForm,
    "offer": _OfferForm,
    "button": _ButtonForm,
    "poll": _PollForm,
    "opening_hours": _HoursForm,
}


def block_form(block: Block, data: Mapping[str, Any] | None = None, *, services: Choices) -> forms.Form:
    """The form of this block, filled with what stands in it."""
    made = _BLOCK_FORMS[block["type"]]
    return made(data, initial=block, services=services, prefix=block["key"], auto_id="id_%s")


# --- Rules -----------------------------------------------------------------------------------------

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
        self.fields["value"] = _number(str(self.field.label), least=0, most=self.most)


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
        self.fields["value"] = _number(gettext_lazy("Hoeveel dagen?"), least=1, most=3650)


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
        self.fields["youngest"] = _number(gettext_lazy("Van hoeveel jaar?"), least=0, most=17)
        self.fields["oldest"] = _number(gettext_lazy("Tot en met hoeveel jaar?"), least=0, most=17)

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


# --- Sending ---------------------------------------------------------------------------------------


class SendForm(forms.Form):
    """When, and for how many: the number is typed over from the page, so that it was read."""

    when = forms.ChoiceField(
        label=gettext_lazy("Wanneer?"),
        choices=[("now", gettext_lazy("Nu")), ("later", gettext_lazy("Later, op een dag en een uur"))],
        initial="now",
        widget=forms.RadioSelect,
    )
    day = forms.DateField(
        label=gettext_lazy("Dag"),
        error_messages={"required": gettext_lazy("Kies de dag waarop de nieuwsbrief vertrekt.")},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "form-control bm-w-m"}),
    )
    hour = ClockField(
        label=gettext_lazy("Uur"),
        help_text=gettext_lazy("Bijvoorbeeld 9.00."),
        error_messages={"required": gettext_lazy("Vul het uur in, bijvoorbeeld 9.00.")},
    )
    count = forms.CharField(
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "form-control bm-w-s"}
        )
    )

    def __init__(self, *args: Any, at: datetime, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._at = at
        self.fields["count"].label = label
        if self.data.get("when") == "now":
            self.fields["day"].required = self.fields["hour"].required = False

    def clean_count(self) -> int:
        """Points and spaces in a number are how people write it."""
        digits = "".join(sign for sign in str(self.cleaned_data["count"]) if sign not in " .,\u00a0\u202f")
        if not digits.isdecimal():
            raise forms.ValidationError(_("Typ alleen het getal."))
        return int(digits)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("when") != "later":
            return cleaned
        if not self.errors and self.send_at and self.send_at <= self._at:
            self.add_error("day", _("Dat moment is al voorbij. Kies een later moment."))
        return cleaned

    @property
    def send_at(self) -> datetime | None:
        """The chosen moment; None for now."""
        if self.cleaned_data.get("when") != "later":
            return None
        return timezone.make_aware(datetime.combine(self.cleaned_data["day"], self.cleaned_data["hour"]))
