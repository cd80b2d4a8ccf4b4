"""Addresses of consent within a library."""

from consent.models import Consent, Wording
from tests.isolation.pages.subject import Subject

CONSENT = Subject(
    numbers={"consent_id": Consent, "wording_id": Wording},
    # The code of a topic.
    same_for_all={"code": "newsletter"},
)
