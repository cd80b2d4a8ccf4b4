from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bibmail.network import queries, stand
from bibmail.network.stand import Stand
from bibmail.tenancy import clock
from bibmail.tenancy.middleware import NetworkRequest

# A whole province fits on a page, so that a tile can point to its line.
PER_PAGE = 50


@require_safe
def overview(request: NetworkRequest) -> HttpResponse:
    """All libraries: how many run well, by province, and a table to sort and narrow."""
    at, province = clock.now(), request.GET.get("provincie", "")
    rows = stand.judge(queries.stands(), at=at)
    narrowed = [row for row in rows if not province or row.library.province == province]
    sorted_by, table = stand.sort(narrowed, request.GET.get("sorteer", ""))
    context = {
        "today": at,
        "rows": rows,
        "well_count": sum(row.stand in {Stand.LIVE, Stand.TRIAL} for row in rows),
        "problems": [row for row in rows if row.stand is Stand.PROBLEM],
        "attention": [row for row in rows if row.stand is Stand.ATTENTION],
        "shares": stand.shares(rows),
        "provinces": stand.provinces(rows),
        "totals": stand.totals(rows),
        "pages": Paginator(table, len(table) or 1 if province else PER_PAGE).get_page(
            request.GET.get("page")
        ),
        "columns": stand.COLUMNS,
        "sorted_by": sorted_by,
        "province": province,
    }
    return render(request, "network/overview.html", context)
