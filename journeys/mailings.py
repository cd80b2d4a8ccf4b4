"""The mailing of each text of each send step: made when a version is published, looked up when it is walked."""

from datetime import datetime

from campaigns.models import Mailing
from journeys.definition import Definition, MailChoice, Send


def mailing_ids(journey_code: str, version: int, step_key: str) -> dict[str, int]:
    """Mail code → id of the mailing, in the order of the step's texts."""
    found = Mailing.objects.filter(journey_code=journey_code, version=version, step_key=step_key)
    return dict(found.order_by("pk").values_list("mail_code", "pk"))


def publish(definition: Definition, *, version: int, at: datetime) -> list[Mailing]:
    """Write down every text of this version; return them."""
    return Mailing.objects.bulk_create(
        draft(definition, step, choice, version=version, at=at)
        for step in definition.sends
        for choice in step.mails
    )


def draft(
    definition: Definition, step: Send, choice: MailChoice, *, at: datetime, version: int = 0
) -> Mailing:
    """One text of one step, not written down yet."""
    return Mailing(
        journey_code=definition.code,
        version=version,
        step_key=step.key,
        mail_code=choice.mail,
        label=f"{definition.label}: {step.label}",
        message_class=step.message_class,
        legal_basis=step.basis,
        topics=list(step.topics),
        data_uses=list(step.data_uses),
        content=definition.raw["mails"][choice.mail],
        priority=step.priority,
        created_at=at,
    )
