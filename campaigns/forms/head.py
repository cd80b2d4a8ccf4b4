from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from campaigns.forms.inputs import line
from campaigns.models import Campaign

Choices = Sequence[tuple[str, str]]


class HeadForm(forms.Form):
    """Name, subject, preheader and topic of a newsletter."""

    subject = line(
        gettext_lazy("Onderwerp"),
        required=True,
        hint=gettext_lazy("Wat mensen in hun postvak zien. Hou het onder 65 tekens."),
    )
    preheader = line(
        gettext_lazy("Voorvertoningstekst"),
        most=200,
        hint=gettext_lazy("De regel die na het onderwerp komt."),
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("Thema"),
        help_text=gettext_lazy("Alleen wie dit thema koos, krijgt de nieuwsbrief."),
    )
    name = forms.CharField(
        label=gettext_lazy("Naam voor jullie zelf"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, campaign: Campaign, topics: Choices, **kwargs: Any) -> None:
        kwargs["initial"] = {
            name: getattr(campaign, name) for name in ("name", "subject", "preheader", "topic")
        }
        super().__init__(*args, **kwargs)
        topic = self.fields["topic"]
        assert isinstance(topic, forms.ChoiceField)  # noqa: S101  # declared above
        # A topic that is not offered any more stays visible until another is chosen.
        known = {code for code, _label in topics}
        topic.choices = [*topics, *([] if campaign.topic in known else [(campaign.topic, campaign.topic)])]
