"""A big stop is confirmed by typing for how many it counts."""

from typing import Any

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext as _


class CountForm(forms.Form):
    """Asks for the number that the page showed; it may have changed since, and is not asked for nobody."""

    shown = forms.IntegerField(min_value=0, widget=forms.HiddenInput())
    count = forms.CharField(
        required=False,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "form-control bm-w-s"}
        ),
    )

    def __init__(self, *args: Any, count: int, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"initial": {"shown": count}})
        self.fields["count"].label = label
        # A field that may stay empty says so in its label; this one may not.
        self.fields["count"].required = bool(count)
        if not count and not self.is_bound:
            self.fields["count"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        shown, typed = cleaned.get("shown"), cleaned.get("count", "")
        digits = "".join(sign for sign in typed if sign.isdigit())
        if shown and digits != str(shown):
            self.add_error(
                "count",
                _("Dat is een ander getal. Typ %(count)s.")
                % {"count": number_format(shown, force_grouping=True)},
            )
        return cleaned
