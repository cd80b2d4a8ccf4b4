from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bibmail.api import calling
from bibmail.api.models import EventKind, Scope

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_EVENTS = [(kind.value, kind.label) for kind in EventKind if kind is not EventKind.TEST]
_WRONG_URL = {
    "bad_url": gettext_lazy("Dit is geen volledig webadres. Schrijf het als https://voorbeeld.be/pad."),
    "not_https": gettext_lazy("Het adres moet met https:// beginnen, zodat niemand kan meelezen."),
}


class KeyForm(forms.Form):
    """A new key."""

    name = forms.CharField(
        label=gettext_lazy("Naam"),
        max_length=60,
        help_text=gettext_lazy("Het programma dat de sleutel gebruikt, bijvoorbeeld ‘Zelfuitleen’."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Wat mag dit programma?"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Geef alleen wat het programma nodig heeft."),
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Werkt tot en met"),
        required=False,
        widget=_DAY,
        help_text=gettext_lazy("Laat leeg als de sleutel blijft werken tot je hem intrekt."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean_expires_on(self) -> date | None:
        return _not_past(self.cleaned_data["expires_on"], self._today)


class ReplaceForm(forms.Form):
    """How long the old key still works beside the new one."""

    old_until = forms.DateField(
        label=gettext_lazy("De oude sleutel werkt nog tot en met"),
        widget=_DAY,
        help_text=gettext_lazy("Zo kan je het programma rustig omzetten."),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean_old_until(self) -> date | None:
        return _not_past(self.cleaned_data["old_until"], self._today)


class WebhookForm(forms.Form):
    """A new endpoint."""

    url = forms.CharField(
        label=gettext_lazy("Webadres"),
        max_length=500,
        help_text=gettext_lazy("Het adres van het programma dat de berichten ontvangt."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("Waarover wil je een bericht?"),
        choices=_EVENTS,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"])
        try:
            calling.parts(url)
        except calling.NotAllowed as refusal:
            raise forms.ValidationError(str(_WRONG_URL[str(refusal)])) from None
        return url


def _not_past(day: date | None, today: date) -> date | None:
    if day is not None and day < today:
        raise forms.ValidationError(_("Die dag is al voorbij. Kies vandaag of een latere dag."))
    return day
