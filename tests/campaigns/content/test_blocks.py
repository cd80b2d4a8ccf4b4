"""Each block: when it shows, what it says, and when it hides."""

from datetime import timedelta

import pytest

from bibmail.tenancy.models import Branch, Library, OpeningHours
from campaigns.models import Capability, LibraryEvent, LibraryTexts, Offer
from consent.models import Subject
from members.models import Contact, Household, HouseholdMember
from tests import factories
from tests.campaigns.content import stage
from tests.campaigns.content.stage import words_of
from tests.factories import NOON

HISTORY, CHILDREN = "use_loan_history", "use_linked_children"


@pytest.fixture
def noor(furnished: Library) -> Contact:
    """A member of 37 who goes to Centrum."""
    contact = factories.a_contact()
    factories.a_membership(contact, home_branch=Branch.objects.get(name="Centrum"), keeps_loan_history=True)
    return contact


def in_branch(name: str) -> Contact:
    contact = factories.a_contact()
    factories.a_membership(contact, home_branch=Branch.objects.get(name=name))
    return contact


# --- Places ----------------------------------------------------------------------------------------


def test_opening_hours_are_those_of_the_readers_branch(furnished: Library) -> None:
    said = words_of({"type": "opening_hours"}, contact=in_branch("Velzeke")).replace("\u2060", "")

    assert "Kom langs in Velzeke" in said
    assert "Woensdag: 13.00–18.00" in said
    assert "Maandag: gesloten" in said
    assert "Paddestraat 7, 9620 Zottegem" in said


def test_a_branch_without_hours_shows_those_of_the_main_one(furnished: Library) -> None:
    reader = in_branch("Velzeke")
    OpeningHours.objects.filter(branch__name="Velzeke").delete()

    assert "Kom langs in Centrum" in words_of({"type": "opening_hours"}, contact=reader)


@pytest.mark.parametrize(("days", "shows"), [(0, True), (13, True), (14, False)])
def test_days_that_differ_show_for_two_weeks(noor: Contact, days: int, shows: bool) -> None:
    stage.closed(Branch.objects.get(name="Centrum"), days=days, note="stroompanne")

    said = words_of({"type": "opening_hours"}, contact=noor)

    assert ("gesloten (stroompanne)" in said) is shows


def test_a_library_without_hours_shows_no_hours(library: Library) -> None:
    factories.a_branch()

    assert "Kom langs" not in words_of({"type": "opening_hours"}, contact=factories.a_contact())


def test_one_branch_is_no_list(library: Library) -> None:
    factories.a_branch()

    assert "vestigingen" not in words_of({"type": "branch_list"}, contact=factories.a_contact())


@pytest.mark.parametrize("everywhere", [True, False])
def test_returning_anywhere_is_said_only_where_it_is_so(noor: Contact, everywhere: bool) -> None:
    said = words_of({"type": "branch_list", "return_anywhere": everywhere}, contact=noor)

    assert ("Je kan in al onze vestigingen lenen en inleveren" in said) is everywhere
    assert "- Velzeke, Paddestraat 7, 9620 Zottegem" in said


def test_the_digipoint_says_where_and_when(noor: Contact) -> None:
    said = words_of({"type": "digipoint"}, contact=noor)

    assert "Waar? Digipunt in de bib, eerste verdieping." in said
    assert "Wanneer? Dinsdag van 14 tot 16 uur." in said


def test_without_a_digipoint_the_desk_helps(noor: Contact) -> None:
    Offer.objects.all().delete()
    Capability.objects.filter(service="digipunt").delete()

    said = words_of({"type": "digipoint"}, contact=noor)

    assert "Waar? Aan de balie van Centrum." in said
    assert "Wanneer?" not in said


# --- Membership ------------------------------------------------------------------------------------


def test_the_card_is_shown_but_for_its_last_four(noor: Contact) -> None:
    said = words_of({"type": "my_library"}, contact=noor)

    assert "(nummer ••••4567)" in said
    assert "Activeer mijn profiel: https://bib.example.be/mijn" in said


def test_registering_is_not_told_twice(noor: Contact) -> None:
    said = words_of({"type": "my_library", "skip_registration": True}, contact=noor)

    assert "Activeer" not in said
    assert "Ga naar Mijn Bibliotheek" in said


def test_without_an_address_the_profile_has_no_button(noor: Contact) -> None:
    LibraryTexts.objects.update(my_library_url="")

    assert "Activeer" not in words_of({"type": "my_library"}, contact=noor)


@pytest.mark.parametrize("is_blocked", [True, False])
def test_who_has_to_confirm_is_told_so(furnished: Library, is_blocked: bool) -> None:
    contact = factories.a_contact()
    factories.a_membership(contact, has_internet_block=is_blocked)

    said = words_of({"type": "internet_block_note"}, contact=contact)

    assert ("om je inschrijving te bevestigen" in said) is is_blocked


@pytest.mark.parametrize(
    ("block", "column"),
    [("loan_rules", "loan_rules"), ("membership_options", "membership_options"),
     ("reduced_fare_neutral", "reduced_fare")],
)  # fmt: skip
def test_a_text_the_library_did_not_write_is_left_out(noor: Contact, block: str, column: str) -> None:
    text = getattr(LibraryTexts.objects.get(), column).partition(".")[0]

    assert text in words_of({"type": block}, contact=noor)
    LibraryTexts.objects.update(**{column: ""})
    assert text not in words_of({"type": block}, contact=noor)


def test_the_fare_is_told_in_the_same_words_to_everyone(furnished: Library) -> None:
    one, other = factories.a_contact(), factories.a_contact()
    factories.a_membership(one, is_reduced_fare=True)
    factories.a_membership(other)

    assert words_of({"type": "reduced_fare_neutral"}, contact=one) == words_of(
        {"type": "reduced_fare_neutral"}, contact=other
    )


# --- Titles ----------------------------------------------------------------------------------------


def test_new_titles_suit_the_age_of_whom_it_is_about(furnished: Library) -> None:
    child = factories.a_contact(date_of_birth=stage.a_birthday(7))

    said = words_of({"type": "new_acquisitions"}, contact=child)

    assert "- De ridder aan zee, Lou Peeters" in said
    assert "De stille tuin" not in said


def test_new_titles_keep_to_their_number(noor: Contact) -> None:
    assert words_of({"type": "new_acquisitions", "max": 2}, contact=noor).count("Lou Peeters") == 2


@pytest.mark.parametrize("title", [{}, {"title": ""}])
def test_new_titles_are_never_without_a_heading(noor: Contact, title: dict[str, str]) -> None:
    assert "Nieuw in de bib" in words_of({"type": "new_acquisitions"} | title, contact=noor)


def test_titles_of_other_branches_fill_up(furnished: Library) -> None:
    said = words_of({"type": "new_acquisitions"}, contact=in_branch("Velzeke"))

    assert "De stille tuin" in said


def test_what_is_no_book_says_so(noor: Contact) -> None:
    assert "De zee van gisteren (luisterboek)" in words_of(
        {"type": "new_acquisitions", "max": 9}, contact=noor
    )


def test_a_library_without_new_titles_shows_none(library: Library) -> None:
    assert "Nieuw in de bib" not in words_of({"type": "new_acquisitions"}, contact=factories.a_contact())


def test_ebook_picks_are_ebooks(noor: Contact) -> None:
    said = words_of({"type": "ebook_picks", "title": "Kies", "max": 4}, contact=noor)

    assert "De verloren kaart" in said
    assert "Reizen zonder haast" in said
    assert "De stille tuin" not in said


def test_picks_for_a_story_leave_out_the_rest(noor: Contact) -> None:
    said = words_of({"type": "ebook_picks", "title": "Kies", "fiction": True}, contact=noor)

    assert "Reizen zonder haast" not in said


# --- Tips from what was read -----------------------------------------------------------------------

TIPS = {"type": "reading_tips", "mode": "history", "max": 4}


def test_tips_follow_the_genre_that_was_read_most(noor: Contact) -> None:
    stage.granted(noor, HISTORY)
    stage.borrowed(noor, "Het jaar van de rode brief", "De stille tuin", "Koffer zonder naam")

    said = words_of(TIPS, contact=noor)

    # All novels were read, so the next genre has its turn.
    assert "Omdat je graag spannende boeken las" in said
    assert "De sleutel en de storm" in said


def test_what_was_borrowed_is_never_listed(noor: Contact) -> None:
    stage.granted(noor, HISTORY)
    stage.borrowed(noor, "De stille tuin", "Het jaar van de rode brief", "De sleutel en de storm")

    said = words_of(TIPS, contact=noor)

    assert "Omdat je graag" in said
    for title in ("De stille tuin", "Het jaar van de rode brief", "De sleutel en de storm"):
        assert title not in said


def test_without_permission_nothing_follows_from_loans(noor: Contact) -> None:
    other = in_branch("Centrum")
    stage.borrowed(noor, "Het jaar van de rode brief", "De kromme keuken")

    said = words_of(TIPS, contact=noor)

    assert "Omdat je graag" not in said
    assert said == words_of(TIPS, contact=other)


def test_permission_alone_does_not_do_where_the_system_keeps_no_history(furnished: Library) -> None:
    contact = factories.a_contact()
    factories.a_membership(contact, keeps_loan_history=False)
    stage.granted(contact, HISTORY)
    stage.borrowed(contact, "Het jaar van de rode brief")

    assert "Omdat je graag" not in words_of(TIPS, contact=contact)


def test_a_permission_that_was_withdrawn_counts_no_more(noor: Contact) -> None:
    factories.a_consent(noor, code=HISTORY, subject=Subject.DATA_USE, closed_at=NOON, closed_source="lid")
    stage.borrowed(noor, "Het jaar van de rode brief")

    assert "Omdat je graag" not in words_of(TIPS, contact=noor)


def test_what_is_sensitive_is_neither_reason_nor_tip(noor: Contact) -> None:
    stage.granted(noor, HISTORY)
    stage.borrowed(noor, "Gezond slapen")

    said = words_of(TIPS | {"max": 20}, contact=noor)

    assert "gezondheid" not in said
    assert "Gezond slapen" not in said


# --- Activities ------------------------------------------------------------------------------------


def test_activities_suit_the_age_and_come_in_order(noor: Contact) -> None:
    said = words_of({"type": "events"}, contact=noor)

    assert said.index("Leesclub") < said.index("Lezing: de molens van vroeger")
    assert "Voorleesuurtje" not in said
    assert "Gameclub" not in said
    assert "Zondag 18 oktober, 14.00–15.00" in said.replace("\u2060", "")


def test_the_readers_branch_comes_first_where_there_is_too_much(furnished: Library) -> None:
    said = words_of({"type": "events", "max": 1}, contact=in_branch("Centrum"))

    assert "Lezing: de molens" in said
    assert "Leesclub" not in said


@pytest.mark.parametrize(
    "change", [{"status": "full"}, {"status": "cancelled"}, {"starts_at": NOON - timedelta(hours=1)},
               {"starts_at": NOON + timedelta(days=31)}]
)  # fmt: skip
def test_what_nobody_can_go_to_is_not_shown(noor: Contact, change: dict[str, object]) -> None:
    LibraryEvent.objects.filter(name="Leesclub").update(**change)

    assert "Leesclub" not in words_of({"type": "events", "days": 30}, contact=noor)


def test_an_age_range_of_the_mail_decides(noor: Contact) -> None:
    said = words_of({"type": "events", "ages": [13, 17]}, contact=noor)

    assert "Gameclub" in said


def test_only_kinds_that_were_asked_for(noor: Contact) -> None:
    said = words_of({"type": "events", "ages": "all", "kinds": ["gamen"]}, contact=noor)

    assert "Gameclub" in said
    assert "Leesclub" not in said


# --- Services --------------------------------------------------------------------------------------


def test_services_are_those_the_library_has(noor: Contact) -> None:
    Capability.objects.filter(service="cinebib").update(is_active=False)

    said = words_of({"type": "digital_services"}, contact=noor)

    assert "E-boeken" in said
    assert "Cinebib" not in said


def test_the_librarys_own_words_win(noor: Contact) -> None:
    Offer.objects.create(
        service="ebooks", title="Lezen op je scherm", text="Zo doe je dat.", url="https://e.example.be/"
    )

    said = words_of({"type": "digital_services"}, contact=noor)

    assert "Lezen op je scherm\nZo doe je dat." in said
    assert "https://e.example.be/" in said


def test_a_service_without_an_address_has_no_link(noor: Contact) -> None:
    Capability.objects.filter(service="ebooks").update(url="")

    said = words_of({"type": "digital_services"}, contact=noor)

    assert "E-boeken" in said
    assert "Ontdek de e-boeken" not in said


def linked_child(parent: Contact, *, age: int) -> None:
    child = factories.a_contact(first_name="Lou", date_of_birth=stage.a_birthday(age))
    home = Household.objects.create(profile_id=f"p{child.pk}")
    HouseholdMember.objects.create(household=home, contact=parent, role="adult")
    HouseholdMember.objects.create(household=home, contact=child, role="child")


@pytest.mark.parametrize(("has_child", "allows", "shows"),
                         [(True, True, True), (True, False, False), (False, True, False)])  # fmt: skip
def test_fundels_is_for_parents_who_let_us_know(
    noor: Contact, has_child: bool, allows: bool, shows: bool
) -> None:
    if has_child:
        linked_child(noor, age=4)
    if allows:
        stage.granted(noor, CHILDREN)

    assert ("Fundels" in words_of({"type": "digital_services"}, contact=noor)) is shows


def test_a_parent_of_a_new_child_member_hears_of_fundels(noor: Contact) -> None:
    child = factories.a_contact(date_of_birth=stage.a_birthday(4))

    said = words_of({"type": "digital_services"}, contact=child, recipient=noor)

    assert "Fundels" in said
    assert "Cinebib" not in said


def test_one_service_has_the_block_to_itself(noor: Contact) -> None:
    mail = stage.rendered(stage.a_mail({"type": "offer", "service": "cinebib"}), noor)

    assert ">Films kijken met Cinebib</h2>" in mail.html
    assert "Bekijk de films: https://bib.example.be/cinebib" in mail.text


def test_the_first_ebook_takes_four_steps(noor: Contact) -> None:
    said = words_of({"type": "ebook_intro", "loans": 3, "weeks": 4}, contact=noor)

    assert "2. Kies Bib Zottegem als je bibliotheek." in said
    assert "Je leent 3 e-boeken tegelijk." in said
    assert "Je houdt een e-boek 4 weken." in said


def test_no_ebooks_no_steps(noor: Contact) -> None:
    Capability.objects.filter(service="ebooks").delete()

    assert "Zo begin je" not in words_of({"type": "ebook_intro"}, contact=noor)


# --- Children --------------------------------------------------------------------------------------

BANDS = [{"type": "children_band", "band": band} for band in ("0-2", "3-5", "6-8", "9-11")]


def bands(parent: Contact, *found: str) -> str:
    return words_of(*BANDS, contact=parent, facts={"child_bands": list(found)})


def test_each_band_has_its_own_words(noor: Contact) -> None:
    stage.granted(noor, CHILDREN)

    said = bands(noor, "3-5")

    assert "Kleuters: 3 tot en met 5 jaar" in said
    assert "Fundels" in said
    assert "- Voorleesuurtje\n  Woensdag 14 oktober" in said
    assert "Eerste lezers" not in said


def test_at_most_three_bands(noor: Contact) -> None:
    stage.granted(noor, CHILDREN)

    said = bands(noor, "0-2", "3-5", "6-8", "9-11")

    assert [title in said for title in ("Baby’s", "Kleuters", "Eerste lezers", "Kinderen die zelf lezen")] == [
        True, True, True, False
    ]  # fmt: skip


def test_nothing_is_said_twice_in_one_mail(noor: Contact) -> None:
    stage.granted(noor, CHILDREN)

    said = bands(noor, "0-2", "3-5", "6-8")

    assert said.count("* Fundels") == 1
    assert said.count("Voorleesuurtje bij de peuters") == 1


def test_who_does_not_allow_it_hears_nothing_of_ages(noor: Contact) -> None:
    assert "jaar" not in bands(noor, "3-5").partition("--")[0]


def test_without_facts_the_linked_children_tell_the_band(noor: Contact) -> None:
    stage.granted(noor, CHILDREN)
    linked_child(noor, age=7)

    assert "Eerste lezers" in words_of(*BANDS, contact=noor)


def test_a_story_time_is_the_one_the_message_names(noor: Contact) -> None:
    event = LibraryEvent.objects.get(name="Voorleesuurtje bij de peuters")

    mail = stage.rendered(
        stage.of_recipe("reading_with_children", "children_story_time"), noor, facts={"event": event.pk}
    )

    assert mail.subject == "Voorleesuurtje op woensdag 21 oktober in Velzeke"
    assert "Schrijf je kind in: https://bib.example.be/agenda/15" in mail.text


def test_a_story_time_that_was_called_off_is_not_mailed(noor: Contact) -> None:
    event = LibraryEvent.objects.get(name="Voorleesuurtje")
    LibraryEvent.objects.filter(pk=event.pk).update(status="cancelled")
    mailing = stage.of_recipe("reading_with_children", "children_story_time")

    assert stage.composed(mailing, noor, facts={"event": event.pk}) is None


# --- Words of the author ---------------------------------------------------------------------------


def test_a_list_is_a_list_in_both_parts(noor: Contact) -> None:
    block = {"type": "list", "title": "Let op", "ordered": True, "items": ["**Een** ding", "Nog <een>"]}

    mail = stage.rendered(stage.a_mail(block), noor)

    assert "<b>Een</b> ding</li>" in mail.html
    assert "Nog &lt;een&gt;" in mail.html
    assert "1. Een ding\n2. Nog <een>" in mail.text


def test_a_button_without_a_target_is_left_out(noor: Contact) -> None:
    LibraryTexts.objects.update(catalogue_url="")

    said = words_of({"type": "button", "label": "Zoek", "url": "{{library.catalogue_url}}"}, contact=noor)

    assert "Zoek" not in said


def test_a_switch_is_one_link_to_it(noor: Contact) -> None:
    block = {"type": "switch_off", "data_use": HISTORY, "text": "Liever niet?", "label": "Stop deze tips"}

    found = stage.composed(stage.a_mail({"type": "text", "text": "Nieuws."}, block), noor)

    assert found
    assert 'href="[[links.preferences]]#use-use_loan_history"' in found.html_template


def test_a_poll_asks_and_keeps_no_answer(noor: Contact) -> None:
    said = words_of({"type": "poll", "question": "Tevreden?"}, contact=noor)

    assert "Tevreden?" in said
    assert "/bedankt/zottegem/ja/" in said


# --- Youth and parents -----------------------------------------------------------------------------


def test_a_mail_to_somebody_of_fifteen_has_nothing_personal(furnished: Library) -> None:
    girl = factories.a_contact(first_name="Mila", date_of_birth=stage.a_birthday(15))
    factories.a_membership(girl, keeps_loan_history=True)
    stage.granted(girl, HISTORY)
    stage.borrowed(girl, "Het jaar van de rode brief")

    for code in ("welcome_hours_youth", "welcome_new_youth", "welcome_digital_youth"):
        mail = stage.rendered(stage.of_recipe("welcome", code), girl)
        assert "Mila" not in mail.html + mail.subject
        assert "4567" not in mail.html
    assert "Omdat je graag" not in words_of(TIPS, contact=girl)


@pytest.mark.parametrize(
    ("facts", "words"),
    [({}, "je kind"), ({"child_names": ["Lou"]}, "Lou"), ({"child_names": ["Lou", "Mila"]}, "Lou en Mila"),
     ({"children_count": 2}, "je kinderen")],
)  # fmt: skip
def test_a_parent_reads_of_the_child_without_its_name_unless_the_library_wants_it(
    noor: Contact, facts: dict[str, object], words: str
) -> None:
    child = factories.a_contact(first_name="Lou", date_of_birth=stage.a_birthday(4))
    factories.a_membership(child)

    mail = stage.rendered(
        stage.of_recipe("welcome", "welcome_hours_parent"), child, recipient=noor, facts=facts
    )

    assert mail.subject == f"Een lidkaart voor {words}: welkom!"
    assert "Dag Noor, leuk dat er nu een lidkaart is" in mail.text
    assert ("Lou" in mail.html) is ("Lou" in words)


def test_a_mail_about_two_children_shows_the_card_of_neither(noor: Contact) -> None:
    child = factories.a_contact(first_name="Lou", date_of_birth=stage.a_birthday(4))
    factories.a_membership(child)

    said = words_of({"type": "my_library"}, contact=child, recipient=noor, facts={"children_count": 2})

    assert "4567" not in said
    assert "Je hebt alleen de lidkaart nodig." in said
