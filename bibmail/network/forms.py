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
