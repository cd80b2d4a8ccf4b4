"""A mail inside a page of ours: it brings its own styles, and nothing else of it may do anything."""

from django.http import HttpResponse

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'; sandbox"
)


def framed(html: str) -> HttpResponse:
    """The mail as an answer that only our own pages may show in a frame."""
    response = HttpResponse(html)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
