"""The mail that asks to confirm a sign-up. Whoever it goes to is no contact yet, so it stands in no ledger.

The request is the queue and holds the key for the ESP. It says `leaving` before the call, in a transaction of its
own: whatever dies in between, the same request never brings a second mail. Nothing that was typed stands in it.
"""

import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from bibmail.tenancy import acting_for, tokens
from bibmail.tenancy.models import Library, StaffRole
from bibmail.tenancy.tokens import Purpose
from campaigns.content import fields
from campaigns.content.press import Press
from campaigns.content.readers import Reader
from campaigns.delivery import accounts, envelope, esp, fence, lines, make, windows
from campaigns.delivery.envelope import Mail
from campaigns.models import LegalBasis, Mailing, NetworkSwitch
from consent.models import MessageClass
from consent.signup import asking
from consent.signup.models import SignupForm, SignupRequest

logger = logging.getLogger(__name__)

MOST_TRIES = 5
_State = SignupRequest.MailState
_OWN_LINKS = ("links.preferences", "links.unsubscribe", "links.view_online", "links.why")


def anything_waits() -> bool:
    """Whether a confirmation waits; within acting_for(library)."""
    return SignupRequest.objects.filter(mail_state=_State.WAITING).exists()


def send_waiting(*, library_id: int, at: datetime) -> int:
    """Send what waits, one by one, oldest first; how many left. Stops when the ESP takes none now.

    At once, also outside the hours of the library: the person is looking into their mailbox.
    """
    sent = 0
    with acting_for(library_id):
        if fence.keeps_shut():
            return sent
        try:
            account = accounts.in_use()
        except accounts.SealedShut:
            return sent
    while lines.ask(account.code, 1, at=at).mails and (leaving := _next(library_id, at=at)) is not None:
        request_id, mail, key = leaving
        answer = esp.deliver([mail], account, key=key)
        with acting_for(library_id):
            goes_on = _record(request_id, answer)
            is_news = lines.is_news(account.code, answer)
        if is_news:
            lines.note(account.code, answer)
        if isinstance(answer, esp.Accepted):
            sent += 1
        if not goes_on:
            break
    return sent


def _next(library_id: int, *, at: datetime) -> tuple[int, Mail, Any] | None:
    """The next request that may be mailed, marked as leaving; those that may not are settled on the way."""
    while True:
        with acting_for(library_id):
            if not _is_on():
                return None
            request = _locked(at=at)
            if request is None:
                return None
            library = Library.objects.get(pk=library_id)
            mail = _mail(library, request, at=at) if _may(request, library_id, at=at) else None
            request.mail_state = _State.LEAVING if mail else _State.STOPPED
            request.save(update_fields=["mail_state"])
        if mail:
            return request.pk, mail, request.mail_key


def _locked(*, at: datetime) -> SignupRequest | None:
    waiting = SignupRequest.objects.open_at(at).filter(mail_state=_State.WAITING)
    return waiting.select_for_update(skip_locked=True, no_key=True).order_by("asked_at", "pk").first()


def _is_on() -> bool:
    switch = NetworkSwitch.objects.filter(pk=1).first()
    return (switch is None or switch.is_on) and windows.settings_of_library().is_on


def _may(request: SignupRequest, library_id: int, *, at: datetime) -> bool:
    if not asking.may_be_mailed(request, at=at):
        return False
    if not windows.settings_of_library().is_trial:
        return True
    # A library in its trial writes to its own colleagues only.
    return StaffRole.objects.in_library(library_id).filter(user__email__iexact=request.email).exists()


@transaction.atomic
def _record(request_id: int, answer: esp.Answer) -> bool:
    """Write down what the ESP said; whether it makes sense to go on now."""
    request = SignupRequest.objects.filter(pk=request_id).first()
    if request is None:
        return True
    match answer:
        case esp.Accepted():
            request.mail_state = _State.SENT
        case esp.Refused():
            request.mail_state = _State.STOPPED
        case esp.NotTaken():
            request.attempts_count += 1
            is_last = request.attempts_count >= MOST_TRIES
            request.mail_state = _State.STOPPED if is_last else _State.WAITING
        case esp.Unclear():
            # It may have gone. Who got none can ask again; nobody gets two.
            logger.warning("confirmation of request %s: no clear answer", request_id)
    request.save(update_fields=["mail_state", "attempts_count"])
    return not isinstance(answer, esp.NotTaken)


def _mail(library: Library, request: SignupRequest, *, at: datetime) -> Mail | None:
    form = SignupForm.objects.get(pk=request.form_id)
    token = tokens.for_message(Purpose.SIGNUP, library_id=library.pk, public_id=request.public_id)
    base = settings.BASE_URL.rstrip("/")
    content = _content(library, form, url=base + reverse("signup-confirm", args=[token]))
    mailing = Mailing(
        message_class=MessageClass.SERVICE,
        legal_basis=LegalBasis.CONTRACT,
        label="signup",
        topics=[],
        data_uses=[],
        content=content,
        created_at=at,
    )
    reader = Reader(
        recipient_id=0,
        contact_id=0,
        first_name="",
        age=None,
        contact_age=None,
        consents={},
        language=request.language,
        message_class=MessageClass.SERVICE,
    )
    composed = Press(at=at).compose(mailing, reader)
    if composed is None:
        return None
    home = base + reverse("signup", args=[library.slug, form.slug])
    seen = composed.fill(dict.fromkeys(_OWN_LINKS, home))
    sender = make.sender_of(library)
    mail = Mail(
        message_id=0,
        to=request.email,
        sender=sender.email,
        sender_name=sender.name,
        reply_to=sender.reply_to,
        subject=seen.subject,
        html=seen.html,
        text=seen.text,
        tags=["signup"],
    )
    try:
        envelope.check(mail)
    except envelope.UnfitMail as unfit:
        logger.error("confirmation of request %s is no mail: %s", request.pk, unfit)
        return None
    return mail


def _content(library: Library, form: SignupForm, *, url: str) -> dict[str, Any]:
    dutch, english = (_words(library, form, language, url=url) for language in ("nl", "en"))
    blocks = [nl | {"en": en} for nl, en in zip(dutch["blocks"], english["blocks"], strict=True)]
    head = {key: words for key, words in english.items() if key != "blocks"}
    return dutch | {"blocks": blocks, "en": head}


def _words(library: Library, form: SignupForm, language: str, *, url: str) -> dict[str, Any]:
    names = {"library": _plain(library.name), "form": _plain(form.name)}
    with translation.override(language):
        return {
            "subject": _("Bevestig je aanmelding bij %(library)s") % names,
            "preheader": _("Eén klik en het is in orde."),
            "reason": _(
                "Je krijgt deze mail omdat iemand dit adres invulde op het formulier ‘%(form)s’ van %(library)s."
            )
            % names,
            "blocks": [
                {
                    "key": "ask",
                    "type": "text",
                    "title": _("Nog één klik"),
                    "text": _(
                        "Je vroeg mails van %(library)s. Klopt dat? Bevestig het dan met de knop hieronder."
                    )
                    % names,
                },
                {"key": "button", "type": "button", "url": url, "label": _("Bevestig je aanmelding")},
                {
                    "key": "not-you",
                    "type": "text",
                    "text": _(
                        "Was jij het niet? Dan hoef je niets te doen. Na zeven dagen zijn we dit adres vergeten."
                    ),
                },
            ],
        }


def _plain(words: str) -> str:
    """Words of a colleague, in which nothing can be taken for a field or a slot."""
    return fields.plain(words).replace("{{", "{\u2060{")
