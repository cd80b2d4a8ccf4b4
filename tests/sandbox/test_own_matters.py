from bibmail.sandbox import own_matters
from bibmail.tenancy import acting_for
from bibmail.tenancy.models import Library
from consent.models import SignupForm
from consent.signup import form_lists
from tests import factories, pages


def test_the_form_of_the_demo_offers_the_lists_and_can_be_opened_from_the_desk(zottegem: Library) -> None:
    with acting_for(zottegem.pk):
        own_matters.prepare(at=factories.NOON)
        own_matters.prepare(at=factories.NOON)
        form = SignupForm.objects.get()
        named = [one.name for one in form_lists.of(form)]

    client = pages.editor(zottegem)
    forms = client.get(pages.at(zottegem, "signup-forms")).content.decode()
    public = client.get("/aanmelden/zottegem/blijf-op-de-hoogte/").content.decode()

    assert named == ["Partners van de bib", "Vrijwilligers"]
    assert pages.at(zottegem, "signup-form", form.pk) in forms
    assert all(f"{name}" in public for name in ("Blijf op de hoogte", *named))
    assert public.count('name="topics"') == 2
