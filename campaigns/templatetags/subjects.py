"""A subject line on a page of the staff."""

from django import template

from campaigns import subjects

register = template.Library()


@register.filter
def for_staff(subject: str, library_name: str) -> str:
    """[Voornaam] for {{contact.first_name}}, as its writer typed it, and the name of the library filled in."""
    return subjects.for_staff(subject, library_name=library_name)
