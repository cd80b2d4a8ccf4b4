from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bibmail.tenancy import clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import editor_required
from consent import actions, topics
from consent.forms import TopicForm
from consent.models import Topic


@require_safe
def index(request: LibraryRequest) -> HttpResponse:
    """What people can choose here, and what their data may be used for."""
    language = get_language() or "nl"
    offers = topics.offers(language=language)
    context = {
        "offers": offers,
        "offered_count": sum(offer.is_offered for offer in offers),
        "data_uses": topics.data_uses(language=language),
    }
    return render(request, "consent/topics.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def change(request: LibraryRequest, code: str) -> HttpResponse:
    offer = topics.offer(get_object_or_404(Topic, code=code))
    form = TopicForm(request.POST or None, offer=offer)
    if form.is_valid():
        saved = actions.change_topic(
            topic=offer.topic,
            label=form.cleaned_data["label"],
            description=form.cleaned_data["description"],
            is_offered=form.stays_offered,
            by=request.user,
            at=clock.now(),
        )
        messages.success(request, _("‘%(label)s’ is bewaard.") % {"label": saved.label})
        return redirect(page(request, "topics"))
    return render(request, "consent/topic.html", {"form": form, "offer": offer})
