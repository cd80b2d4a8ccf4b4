"""The first page of Mails: newsletters, and what the journeys send."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bibmail.tenancy import clock
from bibmail.tenancy.middleware import LibraryRequest
from campaigns import queries, reports
from campaigns.models import Campaign

DAYS = 30
PER_PAGE = 20


@require_safe
def index(request: LibraryRequest) -> HttpResponse:
    """Newsletters, the newest first, each with its balance; the mails of journeys over the last month."""
    at = clock.now()
    pages = Paginator(Campaign.objects.all(), PER_PAGE).get_page(request.GET.get("page"))
    counts = queries.counts_of_campaigns([campaign.pk for campaign in pages])
    context = {
        "pages": pages,
        "rows": [
            reports.Row(campaign, reports.balance_of(campaign, counts.get(campaign.pk, [])))
            for campaign in pages
        ],
        "volumes": reports.volumes(queries.volumes(since=at - timedelta(days=DAYS), at=at)),
        "days": DAYS,
        "unknown_count": queries.unknown_count(),
    }
    return render(request, "campaigns/mails.html", context)
