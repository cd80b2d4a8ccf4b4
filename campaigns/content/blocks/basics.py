"""Words of the author: greeting, text, heading, list, button, a question, ways to steer."""

from django.conf import settings
from django.utils.translation import gettext as _

from campaigns.content import fields
from campaigns.content.blocks.register import Block, Data, Options, register
from campaigns.content.stock import Stock

PREFERENCES = "[[links.preferences]]"


def paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def _greeting(stock: Stock, facets: object, options: Options) -> Data:
    title = options.get("title") or _("Dag %(name)s,") % {"name": "[[contact.first_name]]"}
    return {"title": title, "paragraphs": paragraphs(options.get("text", ""))}


def _text(stock: Stock, facets: object, options: Options) -> Data | None:
    found = paragraphs(options.get("text", ""))
    return {"title": options.get("title", ""), "paragraphs": found} if found else None


def _heading(stock: Stock, facets: object, options: Options) -> Data | None:
    return {"title": options["title"]} if options.get("title") else None


def _button(stock: Stock, facets: object, options: Options) -> Data | None:
    """A link without a target is left out."""
    url = options.get("url", "")
    leads = url and not (fields.slots_in(url) - set(fields.LINKS))
    return {"url": url, "label": options["label"]} if leads and options.get("label") else None


def _list(stock: Stock, facets: object, options: Options) -> Data | None:
    items = [item for item in options.get("items", []) if item]
    shown = {
        "title": options.get("title", ""),
        "intro": options.get("text", ""),
        "items": items,
        "is_ordered": bool(options.get("ordered")),
    }
    return shown if items else None


def _reply_invitation(stock: Stock, facets: object, options: Options) -> Data:
    return {"text": options.get("text", ""), "name": fields.plain(stock.library.name)}


def _preferences_invitation(stock: Stock, facets: object, options: Options) -> Data:
    return {
        "title": options.get("title", ""),
        "paragraphs": paragraphs(options.get("text", "")),
        "url": PREFERENCES,
        "action": options.get("label") or _("Kies waarover je mail krijgt"),
    }


def _switch_off(stock: Stock, facets: object, options: Options) -> Data:
    """One link to the very switch: the page asks to confirm, since a look at a page changes nothing."""
    code = options.get("topic") or options.get("data_use") or ""
    kind = "topic" if options.get("topic") else "use"
    return {
        "text": options.get("text", ""),
        "url": f"{PREFERENCES}#{kind}-{code}" if code else PREFERENCES,
        "action": options.get("label") or _("Pas je voorkeuren aan"),
    }


def _poll(stock: Stock, facets: object, options: Options) -> Data:
    """Answers are ordinary links, counted together: nobody's answer is kept."""
    page = f"{settings.BASE_URL}/bedankt/{stock.library.slug}"
    return {
        "question": options.get("question") or _("Ben je tevreden over deze mails?"),
        "answers": [
            {"url": f"{page}/ja/", "label": _("Ja, ik ben tevreden")},
            {"url": f"{page}/nee/", "label": _("Nee, het kan beter")},
        ],
    }


register(
    Block(code="greeting", build=_greeting, counts=False),
    Block(code="text", build=_text),
    Block(code="heading", build=_heading, counts=False),
    Block(code="button", build=_button, counts=False),
    Block(code="list", build=_list),
    Block(code="reply_invitation", build=_reply_invitation, counts=False),
    Block(code="preferences_invitation", build=_preferences_invitation, template="panel", counts=False),
    Block(code="switch_off", build=_switch_off, counts=False),
    Block(code="poll", build=_poll, counts=False),
)
