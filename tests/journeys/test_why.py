from datetime import time

from django.test import Client

from bibmail.tenancy import acting_for, tokens
from bibmail.tenancy.models import Library
from bibmail.tenancy.tokens import Purpose
from campaigns.models import Message
from members.models import ActivityKind as Kind
from tests import factories
from tests.journeys.play import Play


def page(play: Play) -> str:
    with acting_for(play.library.pk):
        message = Message.objects.get()
        Message.objects.update(accepted_at=play.on(0), submitted_at=play.on(0))
    token = tokens.for_message(Purpose.WHY, library_id=play.library.pk, public_id=message.public_id)
    answer = Client().get(f"/w/{token}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_tells_what_let_somebody_in(zottegem: Library) -> None:
    play = Play(zottegem)
    play.switch_on("welcome")
    noor = play.person()
    play.did(noor, Kind.MEMBERSHIP_CREATED, 0, time(0))
    play.tick(0)

    assert "Je werd lid" in page(play)


def test_who_chose_after_becoming_a_member_reads_it_in_that_order(zottegem: Library) -> None:
    play = Play(zottegem)
    play.switch_on("welcome")
    noor = play.person()
    play.did(noor, Kind.MEMBERSHIP_CREATED, 0, time(0))
    play.tick(0)
    with acting_for(zottegem.pk):
        chosen = factories.a_consent(noor, code="new_acquisitions", opened_at=play.on(0, time(8)))
        Message.objects.update(consent=chosen)

    told = page(play)

    assert told.index("Je werd lid") < told.index("Je koos ‘") < told.index("De mail vertrok")


def test_a_parent_reads_about_the_child(zottegem: Library) -> None:
    play = Play(zottegem)
    play.switch_on("welcome")
    parent, lou = play.person(), play.person(age=6, email_norm="")
    play.household(parent, lou)
    play.did(lou, Kind.MEMBERSHIP_CREATED, 0, time(0))
    play.tick(0)

    assert "Je kind werd lid" in page(play)
