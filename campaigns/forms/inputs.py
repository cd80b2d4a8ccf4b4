"""The inputs that several forms share."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import drafts

FIELDS_HINT = gettext_lazy(
    "[Voornaam], [Bibliotheek] en [Vestiging] vullen we voor iedereen in. Een onbekende voornaam wordt ‘lezer’."
)


class Words(forms.CharField):
    """Text in which [Voornaam] stands for the first name; a field that no mail knows is refused."""

    def prepare_value(self, value: Any) -> Any:
        return drafts.spoken(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        text = drafts.written(str(super().clean(value)).replace("\r\n", "\n"))
        if unknown := drafts.unknown_fields(text):
            raise forms.ValidationError(
                _("We kennen {{%(field)s}} niet. Haal het weg of schrijf [Voornaam].") % {"field": unknown[0]}
            )
        if self.max_length:
            # As it is stored a field is longer than as it is written.
            MaxLengthValidator(self.max_length)(text)
        return text


def line(label: Any, *, most: int = 150, required: bool = False, hint: Any = "") -> Words:
    return Words(
        label=label,
        max_length=most,
        required=required,
        help_text=hint,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def text(label: Any, *, required: bool = False, hint: Any = "") -> Words:
    return Words(
        label=label,
        max_length=5000,
        required=required,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


def number(label: Any, *, least: int, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput(attrs={"class": "form-control bm-w-s"}),
    )
