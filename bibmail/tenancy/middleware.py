"""The door for staff pages: everything under /b/<library>/ runs in that library's scope, or is a 404.

The transaction goes around the view *and* its rendering, which ATOMIC_REQUESTS does not reach.
"""

from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from bibmail.tenancy import acting_for, acting_for_network
from bibmail.tenancy.models import Library, NetworkRole, StaffRole, User

type_of_view = Callable[..., HttpResponse]


# Whether the frame offers to go elsewhere, asked in the same breath as the role.
_ANY_LIBRARY = Exists(StaffRole.objects.filter(user_id=OuterRef("user_id")))
_OTHER_LIBRARY = Exists(StaffRole.objects.filter(user_id=OuterRef("user_id")).exclude(pk=OuterRef("pk")))
_NETWORK = Exists(NetworkRole.objects.filter(user_id=OuterRef("user_id")))


class LibraryRequest(HttpRequest):
    """A request under /b/<library>/: a colleague with a role there."""

    user: User
    library: Library
    staff_role: StaffRole


class NetworkRequest(HttpRequest):
    """A request under /netwerk/: a colleague of Cultuurconnect."""

    user: User
    network_role: NetworkRole


class LibraryMiddleware:
    """Resolves slug and role, then wraps the call; a view marked `opens_its_own_door` is left alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: type_of_view, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Answer staff and network pages inside their scope; leave every other page to Django."""
        namespaces = request.resolver_match.namespaces if request.resolver_match else []
        door = namespaces[0] if namespaces else ""
        if door not in {"library", "network"}:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if door == "library":
            return _library_page(cast(LibraryRequest, request), view, args, kwargs)
        return _network_page(cast(NetworkRequest, request), view, args, kwargs)


def _library_page(
    request: LibraryRequest, view: type_of_view, args: Any, kwargs: dict[str, Any]
) -> HttpResponse:
    role = (
        StaffRole.objects.select_related("library")
        .filter(library__slug=kwargs.pop("library"), user_id=request.user.pk)
        .annotate(has_other_doors=_OTHER_LIBRARY | _NETWORK)
        .first()
    )
    if role is None:
        # The same answer for "not yours" and "does not exist".
        raise Http404
    request.staff_role, request.library = role, role.library
    if role.joined_at is None:
        StaffRole.objects.filter(pk=role.pk).update(joined_at=timezone.now())
    if getattr(view, "opens_its_own_door", False):
        response = view(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response
    with acting_for(role.library_id):
        return _rendered(view(request, *args, **kwargs))


def opens_its_own_door(view: type_of_view) -> type_of_view:
    """For a view that calls out: it runs in no transaction, and opens acting_for itself around its rows."""
    view.opens_its_own_door = True  # type: ignore[attr-defined]  # a mark, read above
    return view


def _network_page(
    request: NetworkRequest, view: type_of_view, args: Any, kwargs: dict[str, Any]
) -> HttpResponse:
    role = NetworkRole.objects.filter(user_id=request.user.pk).annotate(has_other_doors=_ANY_LIBRARY).first()
    if role is None:
        raise Http404
    request.network_role = role
    with acting_for_network():
        return _rendered(view(request, *args, **kwargs))


def _rendered(response: HttpResponse) -> HttpResponse:
    """Render inside the transaction, and undo what a failing page wrote."""
    if response.streaming:
        raise RuntimeError("A streaming answer would read rows after the library's door has closed.")
    if hasattr(response, "render"):
        response = response.render()
    if response.status_code >= 500:
        transaction.set_rollback(True)
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response
