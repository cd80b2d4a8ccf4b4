"""What we answer, as models of the OpenAPI document."""

from datetime import date, datetime
from typing import Literal

from django.utils.translation import gettext_lazy as _
from ninja import Field, Schema

from bibmail.api.writing import Outcome, OutcomeWord, Written
from members import sentences
from members.models import ImportRefusal


class Refusal(Schema):
    """Why an item was not taken."""

    code: str
    field: str | None = Field(None, description="The field it is about, where it is about one.")
    message: str = Field(..., description="What is wrong and how to mend it, in Dutch or English.")


class Result(Schema):
    """What became of one item."""

    index: int = Field(..., description="The place of the item in the call, from 0.")
    outcome: OutcomeWord
    refusal: Refusal | None = None


class Totals(Schema):
    received: int
    new: int
    changed: int
    unchanged: int
    refused: int


class BatchAnswer(Schema):
    """One result an item, in the order sent."""

    results: list[Result]
    totals: Totals


class Fault(Schema):
    """One place in the body that is wrong."""

    pointer: str = Field(..., description="RFC 6901.")
    code: str
    detail: str


class ProblemAnswer(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[Fault] | None = None


class Health(Schema):
    """That the key works, and for what."""

    status: Literal["ok"]
    library: str
    scopes: list[str]
    expiresOn: date | None = None  # noqa: N815  # as every name in this API


class UsageDay(Schema):
    day: date
    calls: int
    items: int
    refused: int


class Usage(Schema):
    """What this key did in the last 31 days, newest first."""

    days: list[UsageDay]


class MembershipAnswer(Schema):
    """A membership as it is known here."""

    subscriptionType: str  # noqa: N815
    homeBranchId: str | None  # noqa: N815
    enrolledOn: date | None  # noqa: N815
    renewedOn: date | None  # noqa: N815
    expiresOn: date | None  # noqa: N815
    status: str


class ConsentAnswer(Schema):
    """Something this person says yes to at this moment; the code as in POST /consents."""

    subject: Literal["topic", "data_use"]
    topic: str
    since: datetime


class ContactAnswer(Schema):
    """One person as this library knows them."""

    externalId: str  # noqa: N815
    firstName: str  # noqa: N815
    namePrefix: str  # noqa: N815
    lastName: str  # noqa: N815
    email: str
    language: str
    memberships: list[MembershipAnswer]
    consents: list[ConsentAnswer]


class WebhookAnswer(Schema):
    """How one endpoint is doing."""

    id: str
    url: str
    state: str
    events: list[str]
    waiting: int
    failed: int


class Webhooks(Schema):
    webhooks: list[WebhookAnswer]


_OWN = {
    "no_evidence": (
        _("Er ontbreekt bewijs."),
        _("Stuur in proofText de tekst mee die de persoon zag toen die ja zei."),
    ),
}


def of_batch(written: Written) -> BatchAnswer:
    """The answer in the language of this moment, made from codes alone."""
    results = [
        Result(index=place, outcome=one.outcome, refusal=_refusal(one) if one.outcome == "refused" else None)
        for place, one in enumerate(written.outcomes)
    ]
    return BatchAnswer(results=results, totals=Totals(**written.totals._asdict()))


def _refusal(one: Outcome) -> Refusal:
    if one.code in _OWN:
        wrong, mend = (str(words) for words in _OWN[one.code])
    else:
        # Without the value: it may be a person's, and the caller has it anyway. People count rows from 1.
        other = None if one.other is None else one.other + 1
        named = ImportRefusal(library_id=0, code=one.code, value="", other_line=other)
        wrong, mend = sentences.of_refusal(named)
    return Refusal(code=one.code, field=one.field or None, message=f"{wrong} {mend}".strip())
