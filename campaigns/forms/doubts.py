from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bibmail.tenancy.templatetags.bibmail import number


class ResendForm(forms.Form):
    """Why, and for how many: the number is typed over from the page, so that it was read."""

    ids = forms.CharField(widget=forms.HiddenInput())
    reason = forms.CharField(
        label=gettext_lazy("Waarom verstuur je ze opnieuw?"),
        help_text=gettext_lazy("Zet hier geen namen of adressen. Je collega’s lezen dit in het logboek."),
        max_length=200,
        error_messages={"required": gettext_lazy("Schrijf in een paar woorden waarom.")},
    )
    count = forms.CharField(
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "form-control bm-w-s"}
        )
    )

    def __init__(self, *args: Any, expected: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._expected = expected
        self.fields["count"].label = _("Typ %(count)s om te bevestigen") % {"count": number(expected)}

    def clean_ids(self) -> list[int]:
        return [int(one) for one in str(self.cleaned_data["ids"]).split(",") if one.isdecimal()]

    def clean_count(self) -> int:
        """Points and spaces in a number are how people write it."""
        digits = "".join(sign for sign in str(self.cleaned_data["count"]) if sign.isdigit())
        if digits != str(self._expected):
            raise forms.ValidationError(
                _("Dat is een ander getal. Typ %(count)s.") % {"count": number(self._expected)}
            )
        return self._expected
