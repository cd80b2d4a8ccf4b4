"""What the product's own text may not say: its scope is set in one place, and nothing goes around it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

APPS = ("bibmail", "members", "consent", "campaigns", "journeys")

# Words that set or bend the scope, and the modules whose business that is.
SCOPE_WORDS = re.compile(
    r"set_config|\bSET\s+(LOCAL\s+|SESSION\s+)?(app\.|role\b|session authorization|row_security)"
    r"|\bRESET\s+(ALL|ROLE)|row_security\s*=|security definer|bypassrls",
    re.IGNORECASE,
)
ABOUT_SCOPE = {
    "bibmail/tenancy/scope.py",
    "bibmail/tenancy/rls.py",
    "bibmail/tenancy/roles.py",
}

# A name in the code -> why nobody may use it, and the modules that may.
FORBIDDEN: dict[str, tuple[str, frozenset[str]]] = {
    "cache_page": ("keeps a page without asking whose it is", frozenset()),
    "cache_control": ("lets others keep a page of a library", frozenset()),
    "ManyToManyField": ("makes a table without library and fence; give the link a model", frozenset()),
    "QuerySet.using": ("asks past the connection that carries the scope", frozenset()),
    "connections": (
        "asks past the connection that carries the scope",
        frozenset(
            {
                "bibmail/tenancy/boot.py",  # closes them before the server forks
                "bibmail/sandbox/esp/domain_clock.py",  # closes that of its own thread, outside every library
            }
        ),
    ),
    "set_autocommit": ("ends the transaction that carries the scope", frozenset()),
    "set_isolation_level": ("changes the connection that carries the scope", frozenset()),
    "set_session": ("changes the connection that carries the scope", frozenset()),
    "StreamingHttpResponse": ("reads rows after the library's door has closed", frozenset()),
}
CACHES = ("django.core.cache", "django.views.decorators.cache")
HARMLESS = {"never_cache"}


def product() -> list[Path]:
    root = Path(settings.ROOT)
    return sorted(
        path for app in APPS for path in (root / app).rglob("*.py") if "migrations" not in path.parts
    )


def violations(paths: list[Path], root: Path | None = None) -> list[str]:
    """A sentence for each place that sets a scope by itself, keeps what it read, or goes around."""
    root = root or Path(settings.ROOT)
    return [leak for path in paths for leak in _of(path, str(path.relative_to(root)))]


def _of(path: Path, name: str) -> Iterator[str]:
    tree = ast.parse(path.read_text())
    docstrings = _docstrings(tree)
    for node in ast.walk(tree):
        line = f"{name}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            said = SCOPE_WORDS.search(node.value)
            if said and name not in ABOUT_SCOPE:
                yield f"{line}: says {said[0]!r}; only the tenant core sets a scope"
        used = _name(node)
        if used in FORBIDDEN and name not in FORBIDDEN[used][1]:
            yield f"{line}: {used} {FORBIDDEN[used][0]}"
        if isinstance(node, ast.ImportFrom) and node.module in CACHES:
            kept = {alias.name for alias in node.names} - HARMLESS
            if kept:
                yield f"{line}: {', '.join(sorted(kept))}: a cache knows no library"


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "using":
        return "QuerySet.using"
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.alias):
        return node.name
    return node.id if isinstance(node, ast.Name) else ""


def _docstrings(tree: ast.Module) -> set[int]:
    """Sentences that speak about a word use no word."""
    return {
        id(body[0].value)
        for node in ast.walk(tree)
        if isinstance(body := getattr(node, "body", None), list)
        and body
        and isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
    }
