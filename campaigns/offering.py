"""The services of a library as its colleagues see them: on or off, and in whose words."""

from collections.abc import Mapping
from dataclasses import dataclass

from campaigns.content.services import SERVICES
from campaigns.models import Capability, Offer


class NoSuchService(Exception):
    """Neither the network nor the library knows a service of this code."""


@dataclass(frozen=True, kw_only=True)
class Offering:
    """One service. `standard` are the network's words, `own` what the library says instead."""

    code: str
    is_active: bool
    is_digital: bool
    is_for_children: bool
    standard: Mapping[str, str]
    own: Mapping[str, str]

    @property
    def words(self) -> dict[str, str]:
        """As mails tell of it."""
        return {
            name: self.own.get(name) or self.standard.get(name, "")
            for name in ("title", "text", "url", "place", "hours")
        }

    @property
    def shown(self) -> dict[str, object]:
        """What its form begins with."""
        return self.words | {"is_active": self.is_active}

    @property
    def title(self) -> str:
        return self.words["title"]

    @property
    def has_own_words(self) -> bool:
        return any(self.own.values())


def everything() -> list[Offering]:
    """Every service of the network and of this library's files, in the network's order; two queries."""
    capabilities = {found.service: found for found in Capability.objects.all()}
    offers = {found.service: found for found in Offer.objects.all()}
    codes = [*SERVICES, *sorted((set(capabilities) | set(offers)) - set(SERVICES))]
    return [_offering(code, capabilities.get(code), offers.get(code)) for code in codes]


def of(code: str) -> Offering:
    """One service; raises NoSuchService."""
    capability, offer = (
        Capability.objects.filter(service=code).first(),
        Offer.objects.filter(service=code).first(),
    )
    if code not in SERVICES and capability is None and offer is None:
        raise NoSuchService
    return _offering(code, capability, offer)


def _offering(code: str, capability: Capability | None, offer: Offer | None) -> Offering:
    service = SERVICES.get(code)
    standard = {
        "title": str(service.title) if service else "",
        "text": str(service.text) if service else "",
        "url": capability.url if capability else "",
    }
    return Offering(
        code=code,
        is_active=bool(capability and capability.is_active),
        is_digital=bool(service and service.is_digital),
        is_for_children=bool(service and service.is_for_children),
        standard=standard,
        own={name: getattr(offer, name) for name in ("title", "text", "url", "place", "hours")}
        if offer
        else {},
    )
