"""The settings of a recipe as a form; the recipe says which there are, and in which words."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from journeys.recipes import Recipe


class SettingsForm(forms.Form):
    """One field for each setting of the recipe, filled with what the library chose."""

    def __init__(self, *args: Any, recipe: Recipe, chosen: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"initial": chosen})
        for setting in recipe["settings"]:
            self.fields[setting["key"]] = _field(setting)


def _field(setting: dict[str, Any]) -> forms.Field:
    words = {"label": setting["label"], "help_text": setting.get("help", "")}
    match setting["type"]:
        case "yes_no":
            return forms.BooleanField(required=False, **words)
        case "number":
            widget = forms.NumberInput(attrs={"class": "form-control bm-w-s", "autocomplete": "off"})
            return forms.IntegerField(min_value=0, max_value=120, widget=widget, **words)
        case "choice":
            return forms.ChoiceField(
                choices=list(setting["choices"].items()), widget=forms.RadioSelect, **words
            )
    raise ValueError(setting["type"])


class AudienceForm(forms.Form):
    """For who may end the trial: whether this is the moment."""

    audience = forms.ChoiceField(
        label=gettext_lazy("Naar wie gaan de mails?"),
        choices=[
            ("trial", gettext_lazy("Eerst alleen naar collega’s: jullie blijven in proef")),
            ("people", gettext_lazy("Meteen naar mensen: de proef is dan voorbij, ook voor andere mails")),
        ],
        initial="trial",
        widget=forms.RadioSelect,
    )

    @property
    def ends_trial(self) -> bool:
        return self.cleaned_data.get("audience") == "people"
