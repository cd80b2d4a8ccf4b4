from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy import sinks


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
