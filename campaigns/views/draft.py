"""What the views of a draft share: only its writers, only while it is a draft."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import editor_required
from campaigns import actions, newsletters
from campaigns.models import Campaign

View = Callable[..., HttpResponse]


def draft_write(view: View) -> View:
    """A POST of an editor that changes a draft; what is no draft any more is shown as it is."""

    @require_POST
    @editor_required
    @wraps(view)
    def guarded(request: LibraryRequest, campaign_id: int, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, campaign_id, *args, **kwargs)
        except Campaign.DoesNotExist:
            raise Http404 from None
        except newsletters.NotADraft:
            messages.warning(request, _("Deze nieuwsbrief is geen kladversie meer, dus er veranderde niets."))
        except actions.TooMany:
            messages.warning(request, _("Dat is er één te veel. Haal er eerst een weg."))
        return redirect(page(request, "newsletter", campaign_id))

    return guarded
