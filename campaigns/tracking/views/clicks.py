"""A link in a mail: where it leads stands in our table, so no address can send anybody elsewhere."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from bibmail.tenancy import acting_for, clock, member_pages, tokens
from bibmail.tenancy.tokens import Purpose
from campaigns.tracking import clicks, machines


@require_safe
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """On to the stored target, or the page for links that do not work."""
    try:
        opened = tokens.read(token, Purpose.LINK)
    except tokens.BadToken:
        return member_pages.unknown(request)
    with acting_for(opened.library_id):
        target = clicks.follow(opened, at=clock.now(), is_machine=machines.is_machine(request))
    if target is None:
        return member_pages.unknown(request)
    return member_pages.guarded(HttpResponseRedirect(target))
