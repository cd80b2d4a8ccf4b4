"""Below /api/ every refusal is a problem, also those of Django itself: 404, 405, 400, 500."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from bibmail.api import problems

ROOT = "/api/"
# People read it, in the language they chose.
_PAGES = frozenset({"/api/v1/docs"})


class ProblemMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language the program asks for, and turn pages of errors into problems."""
        if not request.path.startswith(ROOT):
            return self.get_response(request)
        language = problems.language_of(request)
        with translation.override(language):
            response = self.get_response(request)
            if response.status_code >= 400 and response.headers.get("Content-Type") != problems.CONTENT_TYPE:
                response = _as_problem(response)
        response.headers.setdefault("Cache-Control", "no-store")
        if request.path not in _PAGES:
            response.headers["Content-Language"] = language
        return response

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        """The language of a cookie, which was chosen meanwhile, is for pages."""
        if request.path.startswith(ROOT) and request.path not in _PAGES:
            translation.activate(problems.language_of(request))


def _as_problem(refused: HttpResponse) -> HttpResponse:
    code = {404: "not_found", 405: "wrong_method", 400: "bad_request"}.get(refused.status_code)
    if code is None:
        code = "bad_request" if refused.status_code < 500 else "our_fault"
    answer = problems.Problem(code, status=refused.status_code).response()
    if "Allow" in refused.headers:
        answer.headers["Allow"] = refused.headers["Allow"]
    return answer
