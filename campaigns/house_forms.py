"""What a library fills in about its look, its texts and its services."""

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.content.colours import READABLE, contrast, readable
from campaigns.models import BrandKit, LibraryTexts
from campaigns.offering import Offering

if TYPE_CHECKING:
    _BrandForm = forms.ModelForm[BrandKit]
    _TextsForm = forms.ModelForm[LibraryTexts]
else:
    _BrandForm = _TextsForm = forms.ModelForm

_NOBODY_READS = re.compile(r"^(no|do-?not|geen|niet)[-._]?(reply|antwoord(en)?)", re.IGNORECASE)
_OFF = {"autocomplete": "off"}
_WEB_ADDRESSES = ("website_url", "catalogue_url", "my_library_url", "privacy_url", "reduced_fare_url")


class _WebAddress(forms.URLField):
    """Without http:// in front, https is meant."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(assume_scheme="https", **kwargs)


class BrandForm(_BrandForm):
    class Meta:
        model = BrandKit
        fields = ["sender_name", "sender_email", "reply_to", "colour"]
        help_texts = {
            "sender_name": gettext_lazy(
                "Zo staat het in het postvak. Laat je dit leeg, dan is het de naam van je bib."
            ),
            "sender_email": gettext_lazy(
                "Laat je dit leeg, dan vertrekken mails vanop een adres van Bibmail."
            ),
            "reply_to": gettext_lazy("Een postbus die iemand leest: mensen antwoorden op je mails."),
            "colour": gettext_lazy(
                "Van knoppen, links en de boekenplank bovenaan. De donkere kleuren volgen vanzelf."
            ),
        }
        widgets = {
            "sender_name": forms.TextInput(attrs=_OFF),
            "sender_email": forms.EmailInput(attrs=_OFF),
            "reply_to": forms.EmailInput(attrs=_OFF),
            "colour": forms.TextInput(attrs={"type": "color", "class": "form-control form-control-color"}),
        }

    def clean_colour(self) -> str:
        colour = str(self.cleaned_data["colour"]).lower()
        found = contrast(colour, "#ffffff")
        if found < READABLE:
            raise forms.ValidationError(
                _(
                    "Witte letters zijn op deze kleur moeilijk te lezen: het contrast is %(found)s op 1 en moet"
                    " minstens %(least)s op 1 zijn. Deze tint van dezelfde kleur kan wel: %(shade)s."
                )
                % {
                    # Rounded down: 4,49 is not enough, and should not look as if it were.
                    "found": number_format(int(found * 100) / 100, 2),
                    "least": number_format(READABLE, 1),
                    "shade": readable(colour),
                }
            )
        return colour

    def clean_reply_to(self) -> str:
        address = str(self.cleaned_data["reply_to"])
        if _NOBODY_READS.match(address):
            raise forms.ValidationError(
                _("Dit lijkt een adres dat niemand leest. Kies een postbus van je bib.")
            )
        return address


class TextsForm(_TextsForm):
    class Meta:
        model = LibraryTexts
        fields = [
            "website_url",
            "catalogue_url",
            "my_library_url",
            "phone",
            "email",
            "loan_rules",
            "membership_options",
            "reduced_fare",
            "reduced_fare_url",
            "controller",
            "privacy_contact",
            "privacy_url",
        ]
        field_classes = dict.fromkeys(_WEB_ADDRESSES, _WebAddress)
        help_texts = {
            "loan_rules": gettext_lazy(
                "Hoeveel mag je lenen, hoelang, en hoe vaak verlengen? Een lege regel begint een alinea."
            ),
            "membership_options": gettext_lazy("Wie betaalt wat, en hoe verleng je?"),
            "reduced_fare": gettext_lazy(
                "Iedereen krijgt dezelfde zin te lezen. Bijvoorbeeld: in onze gemeente bestaat er een kansentarief,"
                " vraag ernaar aan de balie."
            ),
            "controller": gettext_lazy(
                "Bijvoorbeeld ‘Stad Aalst’. Staat in de eerste mail die iemand krijgt."
            ),
            "privacy_contact": gettext_lazy(
                "Een zin met een adres, bijvoorbeeld ‘Mail naar privacy@example.be’."
            ),
        }
        widgets = (
            {name: forms.URLInput(attrs=_OFF | {"placeholder": "https://"}) for name in _WEB_ADDRESSES}
            | {
                name: forms.Textarea(attrs={"rows": 4})
                for name in ("loan_rules", "membership_options", "reduced_fare")
            }
            | {name: forms.TextInput(attrs=_OFF) for name in ("phone", "controller", "privacy_contact")}
            | {"email": forms.EmailInput(attrs=_OFF)}
        )


class ServiceForm(forms.Form):
    """Whether the library has a service, and how it tells of it."""

    is_active = forms.BooleanField(
        label=gettext_lazy("We hebben deze dienst"),
        help_text=gettext_lazy("Staat dit uit, dan noemt geen enkele mail ze nog."),
        required=False,
    )
    title = forms.CharField(
        label=gettext_lazy("Naam"), max_length=100, required=False, widget=forms.TextInput(attrs=_OFF)
    )
    text = forms.CharField(
        label=gettext_lazy("Uitleg"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    url = forms.URLField(
        label=gettext_lazy("Webadres"),
        help_text=gettext_lazy("Laat je dit leeg, dan staat er geen link bij."),
        max_length=500,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs=_OFF | {"placeholder": "https://"}),
    )
    place = forms.CharField(
        label=gettext_lazy("Plaats"), max_length=200, required=False, widget=forms.TextInput(attrs=_OFF)
    )
    hours = forms.CharField(
        label=gettext_lazy("Uren"),
        help_text=gettext_lazy("Bijvoorbeeld: dinsdag van 14 tot 16 uur."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs=_OFF),
    )

    def __init__(self, *args: Any, offering: Offering, **kwargs: Any) -> None:
        kwargs["initial"] = offering.shown
        super().__init__(*args, **kwargs)
        self._offering = offering
        if offering.is_digital:
            # At home there is neither a place nor an hour.
            del self.fields["place"], self.fields["hours"]

    @property
    def own_words(self) -> dict[str, str]:
        """What differs from the network's words; the same words stay the network's, and follow when those change."""
        return {
            name: "" if said == self._offering.standard.get(name, "") else said
            for name in ("title", "text", "url", "place", "hours")
            for said in [str(self.cleaned_data.get(name, "")).strip().replace("\r\n", "\n")]
        }
