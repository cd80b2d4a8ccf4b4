"""A short mail with a bit of everything, to see a house style by."""

from campaigns.content.press import PREVIEW_LINKS, Press
from campaigns.content.readers import Reader
from campaigns.models import Mailing
from consent.models import MessageClass

# Sentences of a mail, so in Dutch whatever a colleague's page speaks.
_CONTENT = {
    "subject": "Welkom in {{library.name}}, {{contact.first_name}}!",
    "preheader": "Zo zien jullie mails eruit.",
    "reason": "Je krijgt deze mail omdat je lid bent van {{library.name}}.",
    "blocks": [
        {
            "key": "hello",
            "type": "greeting",
            "title": "Welkom in de bib, {{contact.first_name}}!",
            "text": "Fijn dat je lid bent. In deze mail lees je wanneer we open zijn en hoe je alles thuis regelt.",
        },
        {"key": "hours", "type": "opening_hours"},
        {"key": "profile", "type": "my_library"},
        {"key": "agenda", "type": "events", "max": 2},
        {"key": "questions", "type": "reply_invitation"},
    ],
}


def html(press: Press) -> str:
    """The sample as a web page, for somebody who does not exist."""
    mailing = Mailing(message_class=MessageClass.SERVICE, content=_CONTENT)
    reader = Reader(
        recipient_id=0, contact_id=0, first_name="Noor", card_number="1234", age=37, contact_age=37
    )
    composed = press.compose(mailing, reader)
    return composed.fill(PREVIEW_LINKS).html if composed else ""
