"""Addresses of consent within a library."""

from consent.models import Consent, SignupForm, Wording
from tests.isolation.pages.subject import Subject

CONSENT = Subject(
    numbers={"consent_id": Consent, "wording_id": Wording, "form_id": SignupForm},
    # The code of a topic.
    same_for_all={"code": "newsletter"},
)
