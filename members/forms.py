from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy import sinks
from members import custom_fields, sentences
from members.models import Contact, CustomField, CustomValue


class UploadForm(forms.Form):
    """Which file, and what kind it is."""

    sink = forms.ChoiceField(
        label=_("Wat staat er in het bestand?"),
        help_text=_("Begin bij vestigingen en leden. De rest hangt daaraan vast."),
    )
    file = forms.FileField(
        label=_("Bestand"),
        help_text=_("Een CSV-bestand met een titelrij, zoals Wise of Excel het bewaart."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        error_messages={"empty": _("Het bestand is leeg. Kies een ander bestand.")},
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        self.fields["sink"].choices = [  # type: ignore[attr-defined]  # a ChoiceField, declared above
            ("", _("Kies een soort")),
            *((sink.code, sink.label) for sink in sinks.in_order()),
        ]


class JoinForm(forms.Form):
    """Which two, and why."""

    kept_id = forms.IntegerField(min_value=1)
    other_id = forms.IntegerField(min_value=1)
    rule = forms.CharField(required=False, max_length=20)


class SplitForm(forms.Form):
    """Who the other is, and what belongs to them."""

    first_name = forms.CharField(
        label=_("Voornaam van de andere persoon"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    last_name = forms.CharField(
        label=_("Naam van de andere persoon"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    parts = forms.MultipleChoiceField(
        label=_("Wat hoort bij de andere persoon?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Kies minstens één ding dat bij de andere persoon hoort.")},
    )

    def __init__(self, *args: Any, parts: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parts"].choices = list(parts)  # type: ignore[attr-defined]  # a MultipleChoiceField, above

    @property
    def activity_ids(self) -> list[int]:
        return self._ids("activity")

    @property
    def household_ids(self) -> list[int]:
        return self._ids("link")

    def _ids(self, kind: str) -> list[int]:
        chosen = (part.split(":") for part in self.cleaned_data["parts"])
        return [int(pk) for found, pk in chosen if found == kind]


class CustomFieldForm(forms.Form):
    """A field of the library's own: without a purpose and an end it cannot be kept."""

    label = forms.CharField(
        label=_("Naam"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    type = forms.ChoiceField(
        label=_("Soort"),
        choices=CustomField.Type.choices,
        help_text=_("Dit kan je later niet meer veranderen."),
    )
    choices = forms.CharField(
        label=_("Keuzes"),
        help_text=_("Alleen bij een keuze uit een lijst: zet elke keuze op een eigen regel."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )
    purpose = forms.CharField(
        label=_("Waarvoor gebruik je dit?"),
        help_text=_("Eén zin die je ook aan de persoon zelf zou zeggen. Zonder doel mag je niets bewaren."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": _("Zeg in één zin waarvoor je dit gebruikt. Zonder doel mag je het niet bewaren.")
        },
    )
    keep_months = forms.IntegerField(
        label=_("Hoeveel maanden bewaar je het?"),
        help_text=_("Daarna wissen we het vanzelf, tenzij iemand het opnieuw invult of inlaadt."),
        min_value=1,
        max_value=120,
        initial=24,
    )

    def __init__(self, *args: Any, field: CustomField | None = None, **kwargs: Any) -> None:
        if field is not None:
            kwargs["initial"] = {
                "label": field.label,
                "type": field.type,
                "choices": "\n".join(field.choices),
                "purpose": field.purpose,
                "keep_months": field.keep_months,
            }
        super().__init__(*args, **kwargs)
        if field is not None:
            self.fields["type"].disabled = True

    def clean_purpose(self) -> str:
        words = " ".join(str(self.cleaned_data["purpose"]).split())
        if len(words) < 10:
            raise forms.ValidationError(
                _("Zeg het in een hele zin, bijvoorbeeld: ‘Om de leesclub te kunnen indelen.’")
            )
        return words

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        listed = [line.strip() for line in str(cleaned.get("choices", "")).splitlines() if line.strip()]
        cleaned["choices"] = list(dict.fromkeys(listed))
        if cleaned.get("type") == CustomField.Type.CHOICE and len(cleaned["choices"]) < 2:
            self.add_error("choices", _("Geef minstens twee keuzes, elk op een eigen regel."))
        return cleaned


class CustomValuesForm(forms.Form):
    """The library's own fields of one person."""

    def __init__(self, *args: Any, contact: Contact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {value.field_id: value for value in CustomValue.objects.filter(contact=contact)}
        self._fields_by_name = {f"field_{field.pk}": field for field in CustomField.objects.in_use()}
        for name, field in self._fields_by_name.items():
            self.fields[name] = _input_of(field)
            self.initial[name] = custom_fields.written(field, known.get(field.pk))

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        self.values: dict[CustomField, custom_fields.Value] = {}
        for name, field in self._fields_by_name.items():
            try:
                self.values[field] = custom_fields.read(field, str(cleaned.get(name, "")))
            except custom_fields.Unreadable as bad:
                self.add_error(name, str(sentences.of_code(str(bad)).wrong))
        return cleaned


def _input_of(field: CustomField) -> forms.Field:
    options: dict[str, Any] = {"label": field.label, "required": False, "help_text": field.purpose}
    match field.type:
        case CustomField.Type.YES_NO:
            return forms.ChoiceField(
                choices=[("", _("Weten we niet")), ("ja", _("ja")), ("nee", _("nee"))], **options
            )
        case CustomField.Type.CHOICE:
            choices = [("", _("Weten we niet")), *((choice, choice) for choice in field.choices)]
            return forms.ChoiceField(choices=choices, **options)
        case CustomField.Type.DATE:
            return forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), **options)
    mode = {"inputmode": "decimal"} if field.type == CustomField.Type.NUMBER else {}
    return forms.CharField(
        max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off", **mode}), **options
    )


class SegmentNameForm(forms.Form):
    """What a segment is called."""

    name = forms.CharField(
        label=_("Naam"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
