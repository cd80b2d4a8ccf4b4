"""Whether mails leave, and to whom: the page at Instellingen, and its four acts."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bibmail.tenancy import clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import admin_required, editor_required
from campaigns import balance, sending_actions
from campaigns.confirm import CountForm
from campaigns.delivery import windows


@require_safe
def sending(request: LibraryRequest) -> HttpResponse:
    """How sending stands; the acts are buttons for who may."""
    context = {
        "sending": windows.settings_of_library(),
        "waiting_count": balance.waiting_now(),
    }
    return render(request, "campaigns/sending.html", context)


@require_POST
@admin_required
def leave_trial(request: LibraryRequest) -> HttpResponse:
    sending_actions.leave_trial(by=request.user, at=clock.now())
    return _done(request, _("De proef is voorbij. Mails gaan nu naar je leden."))


@require_POST
@admin_required
def enter_trial(request: LibraryRequest) -> HttpResponse:
    sending_actions.enter_trial(by=request.user, at=clock.now())
    return _done(request, _("Jullie draaien in proef. Alleen collega’s krijgen nu mail."))


@require_POST
@editor_required
def resume(request: LibraryRequest) -> HttpResponse:
    sending_actions.resume_sending(by=request.user, at=clock.now())
    return _done(request, _("Er vertrekken weer mails."))


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def stop(request: LibraryRequest) -> HttpResponse:
    """Ask once more, with the number of mails that wait; they will not leave."""
    waiting = balance.waiting_now()
    label = _("Typ het aantal mails dat wacht: %(count)s")
    form = CountForm(
        request.POST or None,
        count=waiting,
        label=label % {"count": number_format(waiting, force_grouping=True)},
    )
    if form.is_valid():
        sending_actions.stop_sending(by=request.user, at=clock.now())
        return _done(request, _("Alles staat stil. Er vertrekt geen mail meer."))
    return render(request, "campaigns/sending_stop.html", {"form": form, "waiting_count": waiting})


def _done(request: LibraryRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(page(request, "sending"))
