"""A colleague who sets three libraries up: house style, texts, out of the trial, and five journeys on."""

from bibmail.tenancy import acting_for, clock
from bibmail.tenancy.models import Library, User
from campaigns.models import SendingSettings
from journeys import actions, recipes


def begin(url: str) -> None:
    at = clock.now()
    by = User.objects.get(email="sofie@example.be")
    for library in Library.objects.order_by("pk"):
        with acting_for(library.pk):
            SendingSettings.objects.update_or_create(defaults={"is_trial": False, "changed_at": at})
            for code in recipes.ORDER:
                settings = {}
                if code == "welcome":
                    settings = {
                        "welcome_series_as_service": library.slug != "zandvelde",
                        "return_anywhere": True,
                    }
                if code == "missed_you" and library.slug == "zandvelde":
                    settings = {"combine_membership_in_m1": False}
                actions.activate(code=code, settings=settings, by=by, at=at)
