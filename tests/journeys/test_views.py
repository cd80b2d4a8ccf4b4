"""The pages of journeys: what they show, to whom, and at what cost."""

import re
from datetime import date, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from bibmail.tenancy import acting_for, acting_for_network
from bibmail.tenancy.models import Library, StaffRole
from campaigns.models import CatalogueItem, CatalogueTitle, Message, TrackedLink
from journeys import actions, adopted, recipes
from journeys.models import Journey, JourneyEntry
from members.models import ActivityKind as Kind
from tests import factories, pages
from tests.campaigns.content import stage
from tests.journeys.play import Play

State = Message.State


@pytest.fixture
def play(zottegem: Library) -> Play:
    """Welcome is on since ten days before today."""
    play = Play(zottegem, day=timezone.localdate() - timedelta(days=10))
    play.switch_on("welcome")
    return play


def read(client: Client, library: Library, name: str, *args: object) -> str:
    """The words of a page, without its tags."""
    answer = client.get(pages.at(library, name, *args))
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def welcomed(play: Play, days: int = 9) -> None:
    """Two new members, one of whom wants mail; nothing is sent, only queued."""
    for wants in (["new_acquisitions"], []):
        play.did(play.person(wants=wants), Kind.MEMBERSHIP_CREATED, 0, time(0))
    play.through(range(days))


# --- The list --------------------------------------------------------------------------------------


def test_an_empty_library_is_offered_every_recipe(zottegem: Library) -> None:
    words = read(pages.editor(zottegem), zottegem, "journeys")

    assert "Er loopt nog geen klantreis." in words
    assert all(recipe["label"] in words for recipe in recipes.everything())
    assert "Je bib heeft nog geen e-boeken." in words


def test_what_runs_shows_who_is_inside_and_what_left(zottegem: Library, play: Play) -> None:
    welcomed(play)
    with acting_for(zottegem.pk):
        Message.objects.filter(mailing__step_key="hours").update(
            state=State.ACCEPTED, accepted_at=timezone.now()
        )

    words = read(pages.reader(zottegem), zottegem, "journeys")

    assert "Er loopt 1 klantreis . 2 mensen zijn onderweg, en in 30 dagen vertrokken 2 mails." in words


def test_a_recipe_whose_service_is_there_lacks_nothing(zottegem: Library, play: Play) -> None:
    play.has("ebooks")

    assert "Je bib heeft nog geen" not in read(pages.editor(zottegem), zottegem, "journeys")


def test_a_library_in_its_trial_is_told_who_gets_mail(zottegem: Library) -> None:
    assert "mails gaan alleen naar adressen van collega’s" in read(
        pages.reader(zottegem), zottegem, "journeys"
    )


# --- One journey -----------------------------------------------------------------------------------


def test_a_journey_shows_its_steps_with_figures(zottegem: Library, play: Play) -> None:
    welcomed(play)

    words = read(pages.reader(zottegem), zottegem, "journey", "welcome")

    assert "2 mensen begonnen eraan." in words
    assert "Wanneer iemand lid wordt" in words
    assert "Welkom in Bib Zottegem, [Voornaam]!" in words
    assert "Wacht tot dag 21 2 kwamen hier 2 wachten nu" in words


def test_the_figures_of_a_mail_say_why_it_did_not_leave(zottegem: Library, play: Play) -> None:
    welcomed(play)
    with acting_for(zottegem.pk):
        first, second = Message.objects.filter(mailing__step_key="hours")
        Message.objects.filter(pk=first.pk).update(
            state=State.ACCEPTED, delivery=Message.Delivery.DELIVERED, accepted_at=timezone.now()
        )
        Message.objects.filter(pk=second.pk).update(
            state=State.SKIPPED, reason=Message.Reason.TRIAL, settled_at=timezone.now()
        )
        TrackedLink.objects.create(mailing=first.mailing, url="https://example.be/", human_clicks_count=3)

    words = read(pages.reader(zottegem), zottegem, "journey", "welcome")

    assert "1 verstuurd 1 aangekomen 3 keer geklikt" in words
    assert "1 mail vertrok niet 1 De bib draait nog in proef" in words


def test_the_balance_closes_and_says_so(zottegem: Library, play: Play) -> None:
    welcomed(play)

    words = read(pages.reader(zottegem), zottegem, "journey", "welcome")

    assert "Waar is elke mail? Klopt Wachten nog 4 Samen 4" in words


def test_a_mail_that_is_gone_breaks_the_balance(zottegem: Library, play: Play) -> None:
    welcomed(play)
    with acting_for(zottegem.pk):
        other = factories.a_mailing(journey_code="missed_you")
        Message.objects.filter(pk=Message.objects.order_by("pk").values("pk")[:1]).update(mailing=other)

    words = read(pages.reader(zottegem), zottegem, "journey", "welcome")

    assert "Klopt niet" in words
    assert "Het moesten er 4 zijn, en we vinden er 3." in words


def test_whoever_is_erased_leaves_the_balance_closed(zottegem: Library, play: Play) -> None:
    welcomed(play)
    with acting_for(zottegem.pk):
        Message.objects.filter(contact_id=Message.objects.values("contact")[:1]).update(
            contact=None, recipient=None
        )
        JourneyEntry.objects.exclude(
            contact__in=Message.objects.exclude(contact=None).values("contact")
        ).delete()

    words = read(pages.reader(zottegem), zottegem, "journey", "welcome")

    assert "1 persoon begon eraan." in words
    assert "Klopt Wachten nog 4 Samen 4" in words


def test_the_bridge_since_the_start_adds_up(zottegem: Library, play: Play) -> None:
    welcomed(play, days=1)
    play.did(play.person(email="", email_norm=""), Kind.MEMBERSHIP_CREATED, 1, time(0))
    play.tick(1)

    words = read(pages.reader(zottegem), zottegem, "journey", "welcome")

    assert "Voldeden aan het startmoment 3" in words
    assert "Hadden een e-mailadres 2 min 1 zonder e-mailadres" in words
    assert "Stapten in 2" in words


def test_two_siblings_in_one_mail_are_no_missing_mail(zottegem: Library, play: Play) -> None:
    parent, *children = play.person(), play.person(age=8), play.person(age=6)
    play.household(parent, *children)
    for child in children:
        play.did(child, Kind.MEMBERSHIP_CREATED, 0, time(0))
    play.through(range(2))

    words = read(pages.reader(zottegem), zottegem, "journey", "welcome")

    assert "Klopt Wachten nog 1 Samen 1" in words
    assert "1 keer ging één mail over meer dan één persoon" in words


def test_a_journey_that_never_ran_has_steps_and_no_figures(zottegem: Library) -> None:
    words = read(pages.editor(zottegem), zottegem, "journey", "missed_you")

    assert "Mogen we kijken naar wat iemand las?" in words
    assert "verstuurd" not in words
    assert "Zet deze klantreis aan" in words


def test_whoever_is_inside_an_older_version_is_counted_apart(zottegem: Library, play: Play) -> None:
    welcomed(play)
    with acting_for(zottegem.pk):
        journey = Journey.objects.get()
        actions.change_settings(
            journey_id=journey.pk, settings={"return_anywhere": True}, by=None, at=timezone.now()
        )

    assert "2 mensen maken nog een vorige versie af." in read(
        pages.reader(zottegem), zottegem, "journey", "welcome"
    )


def test_an_unknown_recipe_is_a_404(zottegem: Library) -> None:
    assert pages.admin(zottegem).get(pages.at(zottegem, "journey", "bestaat-niet")).status_code == 404


def test_no_exam_period_is_said_before_anybody_waits_for_one(zottegem: Library, play: Play) -> None:
    play.has("ebooks")

    words = read(pages.editor(zottegem), zottegem, "journey", "after_exams")

    # The network's calendar comes with the product.
    assert "Er is geen examenperiode ingesteld." not in words


# --- Reach, people, mails --------------------------------------------------------------------------


def test_reach_counts_who_would_have_entered(zottegem: Library) -> None:
    play = Play(zottegem, day=timezone.localdate() - timedelta(days=10))
    play.did(play.person(), Kind.MEMBERSHIP_CREATED, 0, time(0))
    play.did(play.person(email="", email_norm=""), Kind.MEMBERSHIP_CREATED, 1, time(0))

    words = read(pages.reader(zottegem), zottegem, "journey-reach", "welcome")

    assert "voldeden 2 mensen aan het startmoment. 1 van hen zouden instappen." in words


def test_reach_comes_as_a_fragment_where_a_page_asks_for_it(zottegem: Library) -> None:
    answer = pages.reader(zottegem).get(
        pages.at(zottegem, "journey-reach", "welcome"), headers={"HX-Request": "true"}
    )

    assert "<html" not in answer.content.decode()


def test_the_people_at_a_step_have_a_name_and_two_days(zottegem: Library, play: Play) -> None:
    welcomed(play)

    words = read(pages.reader(zottegem), zottegem, "journey-step", "welcome", "three_weeks")

    assert "2 mensen staan nu bij deze stap." in words
    assert words.count("Noor Lemmens") == 2


def test_who_may_not_see_people_sees_their_number_only(zottegem: Library, play: Play) -> None:
    welcomed(play)
    client = pages.logged_in(factories.a_role(zottegem, role=StaffRole.Role.EDITOR, sees_people=False))

    assert client.get(pages.at(zottegem, "journey-step", "welcome", "three_weeks")).status_code == 403
    page = client.get(pages.at(zottegem, "journey", "welcome")).content.decode()
    assert "wachten nu" in page
    assert "/stap/" not in page


def test_a_step_that_does_not_exist_is_a_404(zottegem: Library, play: Play) -> None:
    client = pages.reader(zottegem)

    assert client.get(pages.at(zottegem, "journey-step", "welcome", "nergens")).status_code == 404
    assert client.get(pages.at(zottegem, "journey-step", "missed_you", "valid")).status_code == 404


@pytest.mark.parametrize(
    ("mail", "whom"),
    [
        ("welcome_hours", "Noor, 36 jaar"),
        ("welcome_hours_youth", "Noor, 15 jaar"),
        ("welcome_hours_parent", "Noor, ouder van een kind van 7 jaar"),
    ],
)
def test_each_text_is_shown_to_whom_it_is_for(zottegem: Library, mail: str, whom: str) -> None:
    assert whom in read(pages.reader(zottegem), zottegem, "journey-mail", "welcome", mail)


@pytest.mark.parametrize("code", recipes.ORDER)
def test_every_mail_of_every_recipe_has_its_page(zottegem: Library, code: str) -> None:
    client = pages.reader(zottegem)

    recipe = recipes.get(code)
    for step in adopted.with_settings(recipe, recipes.defaults(recipe)).sends:
        for choice in step.mails:
            read(client, zottegem, "journey-mail", code, choice.mail)


def test_a_mail_with_nothing_to_tell_says_so(zottegem: Library) -> None:
    words = read(pages.reader(zottegem), zottegem, "journey-mail", "missed_you", "missed_history")

    assert "Niets te vertellen" in words


def test_the_tips_of_the_example_come_from_the_library_s_titles(zottegem: Library) -> None:
    with acting_for_network():
        titles = [
            CatalogueTitle.objects.create(record_id=f"T{number}", name=f"Titel {number}", genre="Thriller")
            for number in range(4)
        ]
    with acting_for(zottegem.pk):
        branch = factories.a_branch()
        for title in titles:
            CatalogueItem.objects.create(title=title, branch=branch, added_on=date(2026, 1, 1))

    html = pages.reader(zottegem).get(pages.at(zottegem, "journey-mail-html", "missed_you", "missed_history"))

    assert "Titel 3" in html.content.decode()


def test_the_mail_stands_in_a_frame_that_lets_it_do_nothing(zottegem: Library) -> None:
    answer = pages.reader(zottegem).get(pages.at(zottegem, "journey-mail-html", "welcome", "welcome_hours"))

    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_preview_shows_nobody_s_name(zottegem: Library, play: Play) -> None:
    play.person(first_name="Kanarie")

    html = pages.reader(zottegem).get(pages.at(zottegem, "journey-mail-html", "welcome", "welcome_hours"))

    assert "Kanarie" not in html.content.decode()


def test_mails_without_a_hard_error_are_in_order(zottegem: Library) -> None:
    words = read(pages.reader(zottegem), zottegem, "journey-checks", "welcome")

    assert "9 mails nagekeken: alles in orde." in words


# --- What it costs ---------------------------------------------------------------------------------


@pytest.mark.parametrize("code", recipes.ORDER)
def test_a_journey_page_asks_little(zottegem: Library, play: Play, code: str) -> None:
    play.has("ebooks", "cinebib")
    if code != "welcome":
        play.switch_on(code)
    welcomed(play, days=3)
    client = pages.editor(zottegem)

    with pages.at_most(12):
        client.get(pages.at(zottegem, "journey", code))


@pytest.mark.parametrize("code", recipes.ORDER)
@pytest.mark.parametrize("name", ["journey-activate", "journey-reach", "journey-checks"])
def test_looking_before_switching_on_asks_little(zottegem: Library, name: str, code: str) -> None:
    client = pages.editor(zottegem)

    with pages.at_most(12):
        client.get(pages.at(zottegem, name, code))


@pytest.mark.parametrize("code", recipes.ORDER)
def test_looking_at_mails_that_tell_everything_asks_little(zottegem: Library, code: str) -> None:
    with acting_for_network():
        stage.make_titles()
    with acting_for(zottegem.pk):
        stage.furnish()
    client = pages.editor(zottegem)

    with pages.at_most(12):
        client.get(pages.at(zottegem, "journey-checks", code))


def test_the_list_and_the_people_at_a_step_ask_little(zottegem: Library, play: Play) -> None:
    welcomed(play)
    client = pages.editor(zottegem)

    with pages.at_most(12):
        client.get(pages.at(zottegem, "journeys"))
    with pages.at_most(12):
        client.get(pages.at(zottegem, "journey-step", "welcome", "three_weeks"))


@pytest.mark.parametrize("mail", ["welcome_hours", "welcome_new", "welcome_digital"])
def test_a_preview_asks_little(zottegem: Library, mail: str) -> None:
    client = pages.editor(zottegem)

    with pages.at_most(12):
        client.get(pages.at(zottegem, "journey-mail", "welcome", mail))
