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
