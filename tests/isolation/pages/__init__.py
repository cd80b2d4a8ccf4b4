"""What a stranger tries on every address; like the probes of the tables, each leak is a sentence.

A new parameter of an address, or a new page outside every library, is told to the module of its subject:
desk, members, consent, campaigns, journeys or public.
"""

from tests.isolation.pages.elsewhere import network_leaks, open_leaks
from tests.isolation.pages.forms import form_leaks, forms_of
from tests.isolation.pages.routes import (
    IN_LIBRARY,
    NUMBERS,
    OUTSIDE,
    address,
    library_routes,
    network_routes,
    routes,
    without_probe,
)
from tests.isolation.pages.strangers import route_leaks, words_without_permission
from tests.isolation.pages.visitor import Visitor

__all__ = [
    "IN_LIBRARY",
    "NUMBERS",
    "OUTSIDE",
    "Visitor",
    "address",
    "form_leaks",
    "forms_of",
    "library_routes",
    "network_leaks",
    "network_routes",
    "open_leaks",
    "route_leaks",
    "routes",
    "without_probe",
    "words_without_permission",
]
