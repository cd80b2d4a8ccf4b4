"""The form of a data source: what its connector asks for; secrets go in and never come out."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext_lazy as _

from members.connectors.registry import Connector, Setting
from members.models import DataSource


class SourceForm(forms.Form):
    """A data source: its name and rhythm, and what its connector asks for. Secrets go in and never come out."""

    name = forms.CharField(
        label=_("Naam"), max_length=80, help_text=_("Zoals je de bron hier wil terugvinden."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    every_minutes = forms.TypedChoiceField(
        label=_("Hoe vaak halen we iets op?"),
        coerce=int,
        choices=[
            (15, _("Elk kwartier")),
            (60, _("Elk uur")),
            (360, _("Om de zes uur")),
            (1440, _("Elke dag")),
        ],
    )

    def __init__(
        self, *args: Any, connector: Connector, source: DataSource | None = None, **kwargs: Any
    ) -> None:
        self.connector, self.source = connector, source
        kwargs["initial"] = self._known()
        super().__init__(*args, **kwargs)
        for setting in connector.settings:
            self.fields[setting.name] = _setting_input(setting, is_new=source is None)

    def _known(self) -> dict[str, Any]:
        if self.source is None:
            return {"name": str(self.connector.label), "every_minutes": self.connector.every_minutes}
        return dict(self.source.options) | {
            "name": self.source.name,
            "every_minutes": self.source.every_minutes,
        }

    def clean(self) -> dict[str, Any] | None:
        """Another machine does not get the keys of the one before: whoever changes the address gives them again."""
        cleaned = super().clean() or self.cleaned_data
        if self.source is None:
            return cleaned
        moved = any(
            _machine(cleaned.get(setting.name)) != _machine(self.source.options.get(setting.name))
            for setting in self.connector.settings
            if setting.kind == "url" or setting.name in {"host", "port"}
        )
        for setting in self.connector.settings:
            if (
                moved
                and setting.kind == "secret"
                and setting.name in self.source.secrets
                and not cleaned.get(setting.name)
            ):
                self.add_error(setting.name, _("Je veranderde het adres. Vul dit daarom opnieuw in."))
        return cleaned

    @property
    def options(self) -> dict[str, str]:
        """What may be seen, as text; yes is 1 and no is empty."""
        return {
            setting.name: ("1" if value else "") if setting.kind == "yes_no" else str(value or "").strip()
            for setting in self.connector.settings
            if setting.kind != "secret"
            for value in [self.cleaned_data.get(setting.name)]
        }

    @property
    def secrets(self) -> dict[str, str]:
        """What was filled in of the secrets; empty where nothing was."""
        return {
            setting.name: str(self.cleaned_data.get(setting.name) or "").strip()
            for setting in self.connector.settings
            if setting.kind == "secret"
        }


def _machine(said: object) -> str:
    text = str(said or "")
    parts = urlsplit(text)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else text


def _setting_input(setting: Setting, *, is_new: bool) -> forms.Field:
    shared: dict[str, Any] = {"label": setting.label, "help_text": setting.help, "required": setting.required}
    plain = {"autocomplete": "off", "spellcheck": "false"}
    match setting.kind:
        case "secret":
            shared["required"] = setting.required and is_new
            if not is_new:
                shared["help_text"] = _("We tonen dit nooit. Laat het leeg om het te houden zoals het is.")
            hidden = {"autocomplete": "new-password", "spellcheck": "false"}
            if setting.is_long:
                return forms.CharField(
                    **shared, max_length=8000, widget=_SecretLines(attrs=hidden | {"rows": 4})
                )
            return forms.CharField(**shared, max_length=500, widget=forms.PasswordInput(attrs=hidden))
        case "url":
            return forms.URLField(
                **shared, initial=setting.initial, max_length=300, assume_scheme="https",
                widget=forms.URLInput(attrs=plain),
            )  # fmt: skip
        case "yes_no":
            return forms.BooleanField(**(shared | {"required": False}))
        case "long":
            return forms.CharField(
                **shared, max_length=4000, widget=forms.Textarea(attrs=plain | {"rows": 4})
            )
        case "number":
            return forms.IntegerField(**shared, initial=setting.initial, min_value=1, max_value=65_535)
        case "choice":
            return forms.ChoiceField(**shared, initial=setting.initial, choices=list(setting.choices))
    return forms.CharField(
        **shared, initial=setting.initial, max_length=200, widget=forms.TextInput(attrs=plain)
    )


class _SecretLines(forms.Textarea):
    """A secret of several lines: what was typed is never sent back."""

    def format_value(self, value: Any) -> str | None:
        return None
