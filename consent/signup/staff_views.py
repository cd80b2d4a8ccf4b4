"""The forms of a library: which there are, what they brought, and the words on them."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bibmail.tenancy import audit, clock
from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.models import Library
from bibmail.tenancy.pages import page
from bibmail.tenancy.permissions import editor_required
from consent import topics
from consent.signup import form_lists
from consent.signup.forms import SignupFormForm
from consent.signup.models import SignupForm


@require_safe
def index(request: LibraryRequest) -> HttpResponse:
    """Every form with its figures; numbers only, so every colleague may see them."""
    return render(
        request,
        "consent/signup_forms.html",
        {"forms": SignupForm.objects.order_by("-is_active", "name", "pk")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def add(request: LibraryRequest) -> HttpResponse:
    return _edit(request, SignupForm())


@require_http_methods(["GET", "HEAD", "POST"])
@editor_required
def change(request: LibraryRequest, form_id: int) -> HttpResponse:
    return _edit(request, get_object_or_404(SignupForm, pk=form_id))


def _edit(request: LibraryRequest, found: SignupForm) -> HttpResponse:
    is_new = found.pk is None
    offers = topics.offers(language=get_language() or "nl")
    form = SignupFormForm(request.POST or None, instance=found, offers=offers)
    if form.is_valid():
        at = clock.now()
        if is_new:
            found.created_at, found.created_by = at, request.user
        form.save()
        form_lists.put(found, form.cleaned_data["contact_lists"])
        act = "signup_form.added" if is_new else "signup_form.changed"
        audit.record(act, by=request.user, at=at, subject_kind="signup_form", subject_id=found.pk)
        messages.success(request, _("‘%(name)s’ is bewaard.") % {"name": found.name})
        return redirect(page(request, "signup-form", found.pk))
    if not is_new:
        # Somebody's mistake in a field must not show on the rest of the page.
        found = SignupForm.objects.get(pk=found.pk)
    context = {
        "form": form,
        "found": found,
        "is_new": is_new,
        "embed": "" if is_new else _embed(request.library, found),
    }
    return render(request, "consent/signup_form.html", context)


def _embed(library: Library, found: SignupForm) -> dict[str, str]:
    """The address, and what a colleague can paste in the library's own site."""
    url = settings.BASE_URL.rstrip("/") + reverse("signup", args=[library.slug, found.slug])
    label = _("Meld je aan voor mails van %(library)s") % {"library": library.name}
    return {
        "url": url,
        "frame": format_html(
            '<iframe src="{}" title="{}" width="100%" height="900" style="border:0"></iframe>', url, label
        ),
        "snippet": format_html(
            '<form action="{}" method="post">\n  <label for="bibmail-email">{}</label>\n'
            '  <input id="bibmail-email" name="email" type="email" autocomplete="email" required>\n'
            '  <button type="submit">{}</button>\n</form>',
            url,
            _("Je e-mailadres"),
            _("Meld je aan"),
        ),
    }
