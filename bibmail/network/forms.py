from django import forms
from django.utils.translation import gettext_lazy


class SwitchForm(forms.Form):
    """What leaves, of all libraries together, and why it was changed."""

    ALL, SERVICE, NOTHING = "all", "service", "nothing"

    what = forms.ChoiceField(
        label=gettext_lazy("Welke mails vertrekken?"),
        choices=[
            (ALL, gettext_lazy("Alle mails")),
            (SERVICE, gettext_lazy("Alleen servicemails: nieuwsbrieven en andere marketingmails staan stil")),
            (NOTHING, gettext_lazy("Geen enkele mail")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=gettext_lazy("Waarom?"),
        help_text=gettext_lazy("Eén zin. Je collega’s zien ze op deze pagina."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    @property
    def is_on(self) -> bool:
        return bool(self.cleaned_data["what"] != self.NOTHING)

    @property
    def marketing_is_on(self) -> bool:
        return bool(self.cleaned_data["what"] == self.ALL)


class LineForm(forms.Form):
    """Whether mail goes by one account, how fast, and why it was changed."""

    GOES, STOPPED = "goes", "stopped"

    state = forms.ChoiceField(
        label=gettext_lazy("Vertrekt er mail met dit account?"),
        choices=[
            (GOES, gettext_lazy("Ja")),
            (STOPPED, gettext_lazy("Nee: de mails wachten tot je het weer aanzet")),
        ],
        widget=forms.RadioSelect,
    )
    per_minute = forms.IntegerField(
        label=gettext_lazy("Hoeveel mails per minuut?"),
        help_text=gettext_lazy("Laat het leeg om zo snel te gaan als de mailprovider aankan."),
        required=False,
        min_value=1,
        max_value=100_000,
        widget=forms.NumberInput(attrs={"class": "form-control bm-w-s"}),
    )
    warm_up_from = forms.DateField(
        label=gettext_lazy("Sinds wanneer bouwt dit account op?"),
        help_text=gettext_lazy(
            "Een nieuw account begint met 500 mails per dag en groeit twee weken lang. Laat het leeg als"
            " mailproviders het account al kennen."
        ),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "form-control bm-w-m"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Waarom?"),
        help_text=gettext_lazy("Eén zin. Je collega’s zien ze op deze pagina."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    @property
    def is_stopped(self) -> bool:
        return bool(self.cleaned_data["state"] == self.STOPPED)
