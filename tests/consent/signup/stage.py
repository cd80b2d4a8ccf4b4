"""A form of a library to sign up with."""

from typing import Any

from consent.models import SignupForm
from tests import factories


def a_form(**fields: Any) -> SignupForm:
    values: dict[str, Any] = {
        "name": "Nieuwsbrief voor iedereen",
        "slug": "nieuwsbrief",
        "topics": ["newsletter", "events"],
        "asks": ["first_name", "last_name", "postal_code", "date_of_birth"],
        "created_at": factories.NOON,
    }
    return SignupForm.objects.create(**(values | fields))
