"""What the templates of mails use; docs in campaigns.content.variants."""

import re

from django import template
from django.template.context import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_BOLD = re.compile(r"\*\*(.+?)\*\*")


@register.simple_tag(takes_context=True)
def href(context: Context, url: str, label: str = "") -> str:
    """The slot of a link in this mail; what is no web address stays as it is."""
    return str(context["links"].slot(url, label))


@register.filter
def bold(text: str) -> SafeString:
    """**words** in bold; everything else escaped."""
    escaped = str(conditional_escape(text))
    return mark_safe(_BOLD.sub(r"<b>\1</b>", escaped))  # noqa: S308  # escaped just above


@register.filter
def unbold(text: str) -> str:
    """The same for the text part."""
    return _BOLD.sub(r"\1", text)
