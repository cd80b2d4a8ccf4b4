from bibmail.tenancy import acting_for
from bibmail.tenancy.models import AuditEntry, Branch, Library, OpeningException, OpeningHours
from tests import factories, pages


def _branch(library: Library) -> Branch:
    with acting_for(library.pk):
        return factories.a_branch(code="3550", name="Centrum")


FIELDS = {"name": "Velzeke", "code": "3551", "kind": "branch"}


def test_an_admin_adds_a_branch_and_goes_on_to_its_hours(zottegem: Library) -> None:
    answer = pages.admin(zottegem).post(pages.at(zottegem, "branch-add"), FIELDS)

    with acting_for(zottegem.pk):
        branch = Branch.objects.get()
        assert AuditEntry.objects.get().act == "branch.added"
    assert answer.headers["Location"] == pages.at(zottegem, "hours", branch.pk)


def test_a_code_in_use_is_refused_by_name(zottegem: Library) -> None:
    _branch(zottegem)

    answer = pages.admin(zottegem).post(pages.at(zottegem, "branch-add"), FIELDS | {"code": "3550"})

    assert "De code 3550 hoort al bij Centrum." in answer.content.decode()


def test_an_admin_changes_a_branch(zottegem: Library) -> None:
    branch = _branch(zottegem)

    pages.admin(zottegem).post(pages.at(zottegem, "branch", branch.pk), FIELDS)

    with acting_for(zottegem.pk):
        assert Branch.objects.get().name == "Velzeke"


def test_an_editor_may_not_change_a_branch(zottegem: Library) -> None:
    branch = _branch(zottegem)

    answer = pages.editor(zottegem).post(pages.at(zottegem, "branch", branch.pk), FIELDS)

    assert answer.status_code == 403


def test_a_branch_of_another_library_is_not_found(zottegem: Library, aalst: Library) -> None:
    branch = _branch(zottegem)

    answer = pages.admin(aalst).get(pages.at(aalst, "branch", branch.pk))

    assert answer.status_code == 404


def test_an_editor_saves_a_week(zottegem: Library) -> None:
    branch = _branch(zottegem)

    pages.editor(zottegem).post(
        pages.at(zottegem, "hours", branch.pk),
        {"2-0-opens": "9", "2-0-closes": "12", "2-1-opens": "13", "2-1-closes": "18", "2-1-alone": "on"},
    )

    with acting_for(zottegem.pk):
        assert [row.is_self_service for row in OpeningHours.objects.all()] == [False, True]
        assert AuditEntry.objects.get().detail == {"intervals": 2}


def test_a_week_that_overlaps_changes_nothing(zottegem: Library) -> None:
    branch = _branch(zottegem)

    answer = pages.editor(zottegem).post(
        pages.at(zottegem, "hours", branch.pk),
        {"2-0-opens": "9", "2-0-closes": "12", "2-1-opens": "11", "2-1-closes": "18"},
    )

    assert "overlappen" in answer.content.decode()
    with acting_for(zottegem.pk):
        assert not OpeningHours.objects.exists()


def test_a_reader_sees_the_hours_and_changes_nothing(zottegem: Library) -> None:
    branch = _branch(zottegem)
    client, address = pages.reader(zottegem), pages.at(zottegem, "hours", branch.pk)

    assert "Bewaar de week" not in client.get(address).content.decode()
    assert client.post(address, {"2-0-opens": "9", "2-0-closes": "12"}).status_code == 403


def test_the_hours_of_another_library_are_not_found(zottegem: Library, aalst: Library) -> None:
    branch = _branch(zottegem)

    answer = pages.editor(aalst).post(pages.at(aalst, "hours", branch.pk), {})

    assert answer.status_code == 404


def test_an_editor_adds_and_removes_an_exception(zottegem: Library) -> None:
    branch, client = _branch(zottegem), pages.editor(zottegem)

    client.post(
        pages.at(zottegem, "exception-add", branch.pk),
        {"starts_on": "2030-11-01", "ends_on": "2030-11-01", "note": "Allerheiligen"},
    )
    with acting_for(zottegem.pk):
        exception = OpeningException.objects.get()
    client.post(pages.at(zottegem, "exception-remove", branch.pk, exception.pk))

    with acting_for(zottegem.pk):
        assert not OpeningException.objects.exists()
        assert {entry.act for entry in AuditEntry.objects.all()} == {"exception.added", "exception.removed"}


def test_half_an_hour_span_is_refused(zottegem: Library) -> None:
    branch = _branch(zottegem)

    answer = pages.editor(zottegem).post(
        pages.at(zottegem, "exception-add", branch.pk),
        {"starts_on": "2030-11-01", "ends_on": "2030-11-01", "opens": "9"},
    )

    assert "Vul van en tot allebei in" in answer.content.decode()


def test_exceptions_are_removed_by_post_alone(zottegem: Library) -> None:
    branch = _branch(zottegem)

    answer = pages.editor(zottegem).get(pages.at(zottegem, "exception-remove", branch.pk, 1))

    assert answer.status_code == 405
