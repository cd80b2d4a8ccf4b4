"""Writes of the pages on how a library looks, what it says of itself and what it offers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models, transaction

from bibmail.tenancy import audit
from bibmail.tenancy.models import User
from campaigns.models import BrandKit, Capability, LibraryTexts, Offer


@transaction.atomic
def save_brand(*, values: Mapping[str, Any], by: User, at: datetime) -> BrandKit:
    """Colour and sender; the next mail that is made has them."""
    brand, _made = BrandKit.objects.get_or_create()
    changed = _changed(brand, values)
    brand.save()
    audit.record("brand.changed", by=by, at=at, fields=changed)
    return brand


@transaction.atomic
def save_texts(*, values: Mapping[str, Any], by: User, at: datetime) -> LibraryTexts:
    """Addresses and sentences of the library."""
    texts, _made = LibraryTexts.objects.get_or_create()
    changed = _changed(texts, values)
    texts.save()
    audit.record("texts.changed", by=by, at=at, fields=changed)
    return texts


@transaction.atomic
def save_service(
    *, service: str, is_active: bool, words: Mapping[str, str], by: User, at: datetime
) -> Capability:
    """Whether the library has a service, and its own words for it; empty ones are the network's."""
    capability, _made = Capability.objects.get_or_create(service=service)
    capability.is_active = is_active
    capability.save(update_fields=["is_active"])
    if any(words.values()):
        Offer.objects.update_or_create(service=service, defaults=dict(words))
    else:
        Offer.objects.filter(service=service).delete()
    audit.record("service.changed", by=by, at=at, code=service, is_active=is_active)
    return capability


def _changed(row: models.Model, values: Mapping[str, Any]) -> list[str]:
    """Fill in the values; return which of them are new."""
    changed = sorted(name for name, value in values.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, values[name])
    return changed
