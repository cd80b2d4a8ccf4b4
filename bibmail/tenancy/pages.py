"""Addresses of a library's pages, for redirects; templates use {% page %}."""

from typing import Any

from django.urls import NoReverseMatch, reverse

from bibmail.tenancy.middleware import LibraryRequest
from bibmail.tenancy.models import Library


def page(request: LibraryRequest, name: str, *args: Any) -> str:
    """The address of a page in the library of this request: page(request, "branch", branch.pk)."""
    return reverse_in(request.library, name, *args)


def reverse_in(library: Library, name: str, *args: Any) -> str:
    return reverse(f"library:{name}", args=[library.slug, *args])


def exists(name: str, *args: Any) -> str | None:
    """The address of this named page, or None where nobody built it yet."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return None
