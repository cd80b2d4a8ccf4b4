"""Who may do what at a library; each page names its least role with one decorator."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.models import StaffRole

View = Callable[..., HttpResponse]


def _requires(allows: Callable[[StaffRole], bool]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: LibraryRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not allows(request.staff_role):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


admin_required = _requires(lambda role: role.may_manage)
editor_required = _requires(lambda role: role.may_edit)
people_required = _requires(lambda role: role.sees_people)
