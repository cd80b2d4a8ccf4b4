"""The forms of django-allauth in our words: each field has a label, nothing stands inside it, links stand below."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django.utils.translation import gettext_lazy as _

_LABELS = {
    "code": _("Code uit de app"),
    "oldpassword": _("Je huidige wachtwoord"),
    "password1": _("Nieuw wachtwoord"),
    "password2": _("Nieuw wachtwoord, nog eens"),
}
_HELP = {
    "password1": _("Minstens 12 tekens. Niet je naam of e-mailadres, en niets wat veel mensen kiezen."),
}


class _Plain:
    """Our labels and hints; no placeholders."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = _HELP.get(name, "")
            field.label = _LABELS.get(name, field.label)


class LoginForm(_Plain, account.LoginForm):  # type: ignore[misc]  # allauth ships no types
    pass


class ChangePasswordForm(_Plain, account.ChangePasswordForm):  # type: ignore[misc]
    pass


class SetPasswordForm(_Plain, account.SetPasswordForm):  # type: ignore[misc]
    pass


class ResetPasswordForm(_Plain, account.ResetPasswordForm):  # type: ignore[misc]
    pass


class ResetPasswordKeyForm(_Plain, account.ResetPasswordKeyForm):  # type: ignore[misc]
    pass


class ReauthenticateForm(_Plain, account.ReauthenticateForm):  # type: ignore[misc]
    pass


class CodeForm(_Plain, mfa.AuthenticateForm):  # type: ignore[misc]
    pass


class CodeAgainForm(_Plain, mfa.ReauthenticateForm):  # type: ignore[misc]
    pass


class ActivateCodeForm(_Plain, totp.ActivateTOTPForm):  # type: ignore[misc]
    pass
