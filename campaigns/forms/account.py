"""The form of a library's own sending account. Keys go in and never come out."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from campaigns.models import SendingAccount

Kind = SendingAccount.Kind
_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class _Secret(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        hidden = forms.PasswordInput(attrs={"autocomplete": "new-password", "spellcheck": "false"})
        super().__init__(max_length=500, widget=hidden, **kwargs)


class AccountForm(forms.Form):
    """What an account of this kind needs. Of an account that is there the keys may stay empty, and stay."""

    secret_names: tuple[str, ...] = ("secret",)

    def __init__(self, *args: Any, account: SendingAccount | None, **kwargs: Any) -> None:
        self.account = account
        super().__init__(*args, **kwargs | {"initial": dict(account.options) if account else {}})
        for name in self.secret_names:
            if account and name in account.secrets:
                self.fields[name].required = False
                self.fields[name].help_text = _(
                    "We tonen dit nooit. Laat het leeg om het te houden zoals het is."
                )

    def clean(self) -> dict[str, Any] | None:
        """Another machine does not get the keys of the one before."""
        cleaned = super().clean() or self.cleaned_data
        if self.account:
            moved = any(
                str(cleaned.get(name, "")) != str(self.account.options.get(name, ""))
                for name in ("url", "host")
                if name in self.fields
            )
            if moved and "secret" in self.account.secrets and not cleaned.get("secret"):
                self.add_error("secret", _("Je veranderde het adres. Vul dit daarom opnieuw in."))
        return cleaned

    @property
    def options(self) -> dict[str, str]:
        """What may be seen."""
        return {
            name: str(value) for name, value in self.cleaned_data.items() if name not in self.secret_names
        }

    @property
    def secrets(self) -> dict[str, str]:
        """What was filled in of the keys; empty where nothing was."""
        return {name: str(self.cleaned_data.get(name) or "").strip() for name in self.secret_names}


class BrevoForm(AccountForm):
    url = forms.ChoiceField(label=_("Adres van de mailprovider"))
    secret = _Secret(label=_("API-sleutel"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["url"].choices = _places(Kind.BREVO)  # type: ignore[attr-defined]  # a ChoiceField


class MailgunForm(AccountForm):
    secret_names = ("secret", "webhook")

    url = forms.ChoiceField(label=_("Adres van de mailprovider"))
    domain = forms.RegexField(
        r"^[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+$",
        label=_("Domein dat verstuurt"),
        help_text=_("Bijvoorbeeld mail.example.be."),
        max_length=200,
        error_messages={"invalid": _("Dit is geen domein. Typ het zonder https en zonder schuine streep.")},
        widget=forms.TextInput(attrs=_PLAIN),
    )
    secret = _Secret(label=_("API-sleutel"))
    webhook = _Secret(label=_("Sleutel waarmee webhooks ondertekend zijn"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["url"].choices = _places(Kind.MAILGUN)  # type: ignore[attr-defined]  # a ChoiceField


class SmtpForm(AccountForm):
    host = forms.RegexField(
        r"^[a-zA-Z][a-zA-Z0-9-]*(\.[a-zA-Z0-9-]+)*$",
        label=_("Server"),
        help_text=_("Bijvoorbeeld smtp.example.be."),
        max_length=200,
        error_messages={"invalid": _("Typ de naam van de server, zonder https en zonder poort.")},
        widget=forms.TextInput(attrs=_PLAIN),
    )
    # No other ports: the form is no way to knock on doors.
    port = forms.TypedChoiceField(
        label=_("Poort"), coerce=int, choices=[(n, n) for n in (587, 465, 2525, 25)]
    )
    security = forms.ChoiceField(
        label=_("Beveiliging"), choices=[("smtp+tls", "STARTTLS"), ("smtp+ssl", "TLS")]
    )
    user = forms.CharField(label=_("Gebruiker"), max_length=200, widget=forms.TextInput(attrs=_PLAIN))
    secret = _Secret(label=_("Wachtwoord"))


FORMS: dict[str, type[AccountForm]] = {Kind.BREVO: BrevoForm, Kind.MAILGUN: MailgunForm, Kind.SMTP: SmtpForm}


def _places(kind: str) -> list[tuple[str, Any]]:
    """Where the ESP lives; outside production only the one on this machine."""
    if settings.IN_PRODUCTION:
        if kind == Kind.BREVO:
            return [("https://api.brevo.com/v3/", "api.brevo.com")]
        return [
            ("https://api.eu.mailgun.net/v3", _("Europa (api.eu.mailgun.net)")),
            ("https://api.mailgun.net/v3", _("Verenigde Staten (api.mailgun.net)")),
        ]
    here = urlsplit(settings.ESP_API_URL)
    path = "/v3/" if kind == Kind.BREVO else "/mailgun/v3"
    return [(f"{here.scheme}://{here.netloc}{path}", _("De oefenprovider op deze computer"))]
