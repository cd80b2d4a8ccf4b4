"""Addresses of journeys within a library."""

from tests.isolation.pages.subject import Subject

# Every library has the same recipes, and its own journeys made of them.
JOURNEYS = Subject(same_for_all={"recipe": "welcome", "step": "hours", "mail": "welcome_hours"})
