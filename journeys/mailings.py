"""The mailing of each text of each send step: made when a version is published, looked up when it is walked."""

from datetime import datetime

from campaigns.models import Mailing
from journeys.definition import Definition


def mailing_ids(journey_code: str, version: int, step_key: str) -> dict[str, int]:
    """Mail code → id of the mailing, in the order of the step's texts."""
    found = Mailing.objects.filter(journey_code=journey_code, version=version, step_key=step_key)
    return dict(found.order_by("pk").values_list("mail_code", "pk"))


def publish(definition: Definition, *, version: int, at: datetime) -> list[Mailing]:
    """Write down every text of this version; return them."""
    mails = definition.raw["mails"]
    return Mailing.objects.bulk_create(
        Mailing(
            journey_code=definition.code,
            version=version,
            step_key=step.key,
            mail_code=choice.mail,
            label=f"{definition.label}: {step.label}",
            message_class=step.message_class,
            legal_basis=step.basis,
            topics=list(step.topics),
            data_uses=list(step.data_uses),
            content=mails[choice.mail],
            priority=step.priority,
            created_at=at,
        )
        for step in definition.sends
        for choice in step.mails
    )
