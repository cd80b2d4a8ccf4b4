from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.topics import Offer


class TopicForm(forms.Form):
    """This library's own words for a topic; the network's stand in where they are the same."""

    label = forms.CharField(
        label=gettext_lazy("Naam"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    description = forms.CharField(
        label=gettext_lazy("Uitleg"),
        help_text=gettext_lazy("Eén of twee zinnen. Mensen lezen dit wanneer ze kiezen."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_offered = forms.BooleanField(
        label=gettext_lazy("We bieden dit thema aan"),
        help_text=gettext_lazy(
            "Staat dit uit, dan kan niemand het nog kiezen. Wie het al koos, krijgt er geen mails meer over."
        ),
        required=False,
    )

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "label": offer.label,
            "description": offer.description,
            "is_offered": offer.is_offered,
        }
        super().__init__(*args, **kwargs)
        self._offer = offer
        if offer.is_service:
            del self.fields["is_offered"]

    def clean_label(self) -> str:
        return str(self.cleaned_data["label"]).strip()

    def clean_description(self) -> str:
        words = " ".join(str(self.cleaned_data["description"]).split())
        if len(words) < 10:
            raise forms.ValidationError(_("Leg in één zin uit wat mensen dan krijgen, en hoe vaak."))
        return words

    @property
    def stays_offered(self) -> bool:
        return self._offer.is_service or bool(self.cleaned_data["is_offered"])
