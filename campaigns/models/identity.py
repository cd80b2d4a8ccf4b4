"""How a library looks and what it says of itself; edited once, shown in every mail."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy.models import TenantModel


class BrandKit(TenantModel):
    """House style and sender (huisstijl, afzender); one row per library."""

    sender_name = models.CharField(_("naam van de afzender"), max_length=100, blank=True)
    sender_email = models.EmailField(_("adres van de afzender"), blank=True)
    # The mailbox that reads the answers: never a no-reply (law D-11).
    reply_to = models.EmailField(_("antwoorden gaan naar"), blank=True)
    colour = models.CharField(
        _("kleur"),
        max_length=7,
        default="#14606b",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("Schrijf een kleur als #14606b."))],
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["library"], name="one_brand_kit_per_library")]

    def __str__(self) -> str:
        return self.sender_name


class LibraryTexts(TenantModel):
    """Addresses and sentences about the library itself; one row per library. Empty: the sentence is left out."""

    website_url = models.URLField(_("website"), max_length=300, blank=True)
    catalogue_url = models.URLField(_("catalogus"), max_length=300, blank=True)
    my_library_url = models.URLField(_("Mijn Bibliotheek"), max_length=300, blank=True)
    privacy_url = models.URLField(_("privacyverklaring"), max_length=300, blank=True)
    phone = models.CharField(_("telefoon"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    loan_rules = models.TextField(_("hoeveel en hoelang"), max_length=1000, blank=True)
    membership_options = models.TextField(_("soorten lidmaatschap en prijs"), max_length=1000, blank=True)
    reduced_fare = models.TextField(_("kansentarief"), max_length=1000, blank=True)
    reduced_fare_url = models.URLField(_("meer over het kansentarief"), max_length=300, blank=True)
    # AVG, articles 13 and 14: who is responsible, and whom to ask.
    controller = models.CharField(_("verantwoordelijke voor je gegevens"), max_length=200, blank=True)
    privacy_contact = models.CharField(
        _("wie je vragen over je gegevens beantwoordt"), max_length=200, blank=True
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["library"], name="one_set_of_texts_per_library")]

    def __str__(self) -> str:
        return self.website_url


class Offer(TenantModel):
    """This library's own words for a service (aanbod); where it has none the network's are used."""

    service = models.SlugField(_("dienst"), max_length=50, db_index=False)
    title = models.CharField(_("titel"), max_length=100, blank=True)
    text = models.TextField(_("uitleg"), max_length=1000, blank=True)
    url = models.URLField(_("webadres"), max_length=500, blank=True)
    # For a digital help point (Digipunt): where and when.
    place = models.CharField(_("plaats"), max_length=200, blank=True)
    hours = models.CharField(_("uren"), max_length=200, blank=True)

    class Meta:
        ordering = ["service", "pk"]
        constraints = [models.UniqueConstraint(fields=["library", "service"], name="one_offer_per_service")]

    def __str__(self) -> str:
        return self.title or self.service
