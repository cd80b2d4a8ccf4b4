from bibmail.tenancy import acting_for, staging
from bibmail.tenancy.models import Library
from campaigns.models import Message
from members import erasure
from members.models import Contact
from tests import factories
from tests.factories import NOON


def test_what_mails_said_of_who_is_erased_goes_and_the_key_stays(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        person = factories.a_reader()
        mail = factories.a_message(person, slots={"first_name": "Noor"}, facts={"children": [1]})
        staging.begin()

        erasure.erase(f"SELECT {person.pk}", source="wise", at=NOON)

        kept = Message.objects.get()
        assert not Contact.objects.exists()
    assert (kept.key, kept.slots, kept.facts, kept.recipient_hash) == (mail.key, {}, {}, None)
