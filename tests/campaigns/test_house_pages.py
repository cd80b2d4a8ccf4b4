"""Huisstijl, teksten en aanbod: what colleagues fill in, and that mails follow."""

import pytest
from django.urls import reverse

from bibmail.tenancy import acting_for
from bibmail.tenancy.models import AuditEntry, Library
from campaigns.models import BrandKit, Capability, LibraryTexts, Offer
from tests import pages

BRAND = {"sender_name": "Bib Zottegem", "sender_email": "bib@example.be", "reply_to": "post@example.be",
         "colour": "#35602b"}  # fmt: skip
PAGES = ["brand", "brand-mail", "texts", "services"]


def acts() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("act", flat=True))


# --- Doors -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_everyone_of_the_library_reads(zottegem: Library, name: str) -> None:
    client = pages.reader(zottegem)

    with pages.at_most(20):
        assert client.get(pages.at(zottegem, name)).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_finds_nothing(zottegem: Library, aalst: Library, name: str) -> None:
    assert pages.editor(aalst).get(pages.at(zottegem, name)).status_code == 404


@pytest.mark.parametrize(
    ("name", "args"), [("brand", []), ("brand-shown", []), ("texts", []), ("service", ["ebooks"])]
)
def test_a_reader_changes_nothing(zottegem: Library, name: str, args: list[str]) -> None:
    assert pages.reader(zottegem).post(pages.at(zottegem, name, *args), BRAND).status_code == 403


@pytest.mark.parametrize(
    ("name", "method"), [("brand-mail", "post"), ("brand-shown", "get"), ("services", "post")]
)
def test_the_wrong_method_is_refused(zottegem: Library, name: str, method: str) -> None:
    assert getattr(pages.editor(zottegem), method)(pages.at(zottegem, name)).status_code == 405


# --- House style -----------------------------------------------------------------------------------


def test_the_colour_and_the_sender_are_kept(zottegem: Library) -> None:
    answer = pages.editor(zottegem).post(pages.at(zottegem, "brand"), BRAND)

    assert answer.status_code == 302
    with acting_for(zottegem.pk):
        assert BrandKit.objects.get().reply_to == "post@example.be"
        assert "brand.changed" in acts()


def test_a_colour_on_which_nobody_can_read_is_refused_with_one_that_will_do(zottegem: Library) -> None:
    answer = pages.editor(zottegem).post(pages.at(zottegem, "brand"), BRAND | {"colour": "#e6b23c"})

    page = answer.content.decode()
    assert "het contrast is 1,94 op 1 en moet minstens 4,5 op 1 zijn" in page
    shade = page.partition("kan wel: ")[2][:7]
    accepted = pages.editor(zottegem).post(pages.at(zottegem, "brand"), BRAND | {"colour": shade})
    assert accepted.status_code == 302


def test_an_address_that_nobody_reads_is_refused(zottegem: Library) -> None:
    answer = pages.editor(zottegem).post(
        pages.at(zottegem, "brand"), BRAND | {"reply_to": "no-reply@example.be"}
    )

    assert "Kies een postbus van je bib." in answer.content.decode()


def test_the_example_shows_what_was_typed_and_keeps_nothing(zottegem: Library) -> None:
    answer = pages.editor(zottegem).post(
        pages.at(zottegem, "brand-shown"), BRAND | {"colour": "#7a1f3d", "sender_name": "De Bib"}
    )

    page = answer.content.decode()
    assert "De Bib" in page
    assert "?kleur=%237a1f3d" in page
    with acting_for(zottegem.pk):
        assert not BrandKit.objects.exists()


def test_the_example_may_do_nothing_but_be_looked_at(zottegem: Library) -> None:
    answer = pages.editor(zottegem).get(pages.at(zottegem, "brand-mail"), {"kleur": "#7a1f3d"})

    assert "#7a1f3d" in answer.content.decode()
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_colour_in_an_address_is_a_colour_or_nothing(zottegem: Library) -> None:
    answer = pages.editor(zottegem).get(pages.at(zottegem, "brand-mail"), {"kleur": '"><script>'})

    assert "<script" not in answer.content.decode()


# --- Texts -----------------------------------------------------------------------------------------


def test_texts_are_kept_and_the_trail_names_the_fields_alone(zottegem: Library) -> None:
    pages.editor(zottegem).post(
        pages.at(zottegem, "texts"), {"loan_rules": "Je leent 20 boeken.", "phone": "09 000 11 22"}
    )

    with acting_for(zottegem.pk):
        assert LibraryTexts.objects.get().loan_rules == "Je leent 20 boeken."
        entry = AuditEntry.objects.get(act="texts.changed")
        assert entry.detail == {"fields": ["loan_rules", "phone"]}


def test_a_wrong_address_is_named(zottegem: Library) -> None:
    answer = pages.editor(zottegem).post(pages.at(zottegem, "texts"), {"website_url": "geen adres"})

    assert answer.status_code == 200
    assert "Nog niet bewaard." in answer.content.decode()


# --- Services --------------------------------------------------------------------------------------


def standard(zottegem: Library, **changes: str) -> dict[str, str]:
    """The form of e-books as it stands, sent back."""
    form = pages.editor(zottegem).get(pages.at(zottegem, "service", "ebooks")).context["form"]
    shown = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: value for name, value in shown.items() if value} | changes


def test_a_service_is_switched_on_and_keeps_the_networks_words(zottegem: Library) -> None:
    sent = standard(zottegem, is_active="on")

    pages.editor(zottegem).post(pages.at(zottegem, "service", "ebooks"), sent)

    with acting_for(zottegem.pk):
        assert Capability.objects.get(service="ebooks").is_active
        assert not Offer.objects.exists()
        assert "service.changed" in acts()


def test_own_words_are_kept_and_can_be_given_up(zottegem: Library) -> None:
    client, url = pages.editor(zottegem), pages.at(zottegem, "service", "ebooks")

    client.post(url, standard(zottegem, is_active="on", title="Lezen op je scherm"))
    with acting_for(zottegem.pk):
        assert Offer.objects.get().title == "Lezen op je scherm"
        assert Offer.objects.get().text == ""
    client.post(url, standard(zottegem, is_active="on", title=""))
    with acting_for(zottegem.pk):
        assert not Offer.objects.exists()


def test_a_service_can_be_switched_off(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        Capability.objects.create(service="ebooks", url="https://bib.example.be/e")
    sent = standard(zottegem)
    del sent["is_active"]

    pages.editor(zottegem).post(pages.at(zottegem, "service", "ebooks"), sent)

    with acting_for(zottegem.pk):
        assert not Capability.objects.get(service="ebooks").is_active


def test_a_service_of_a_file_alone_is_listed_too(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        Capability.objects.create(service="speelotheek")

    page = pages.editor(zottegem).get(pages.at(zottegem, "services")).content.decode()

    assert "speelotheek" in page
    assert pages.editor(zottegem).get(pages.at(zottegem, "service", "speelotheek")).status_code == 200


def test_an_unknown_service_is_not_found(zottegem: Library) -> None:
    assert pages.editor(zottegem).get(pages.at(zottegem, "service", "niets")).status_code == 404


def test_settings_lead_to_both_pages(zottegem: Library) -> None:
    page = pages.editor(zottegem).get(reverse("library:settings", args=[zottegem.slug])).content.decode()

    assert pages.at(zottegem, "brand") in page
    assert pages.at(zottegem, "texts") in page
