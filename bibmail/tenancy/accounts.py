"""How django-allauth behaves here: nobody signs up by themselves, colleagues are invited."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

_NO_CODE = _("Deze code klopt niet. Wacht op de volgende code in je app en typ die over.")


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Sign-up is closed, and each refusal says what to do."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "Dit e-mailadres en wachtwoord horen niet bij elkaar. Probeer opnieuw, of kies een nieuw wachtwoord."
        ),
        "enter_current_password": _("Dit is niet je huidige wachtwoord. Typ het opnieuw."),
        "incorrect_password": _("Dit is niet je wachtwoord. Typ het opnieuw."),
        "incorrect_code": _NO_CODE,
        "too_many_login_attempts": _("Te veel pogingen. Wacht vijf minuten en probeer het dan opnieuw."),
        "rate_limited": _("Dat ging te snel na elkaar. Wacht even en probeer het dan opnieuw."),
        "invalid_password_reset": _("Deze link werkt niet meer. Vraag een nieuwe link."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """Our users have no user name."""


class StaffMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": _NO_CODE}
