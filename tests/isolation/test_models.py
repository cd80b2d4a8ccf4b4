"""Every table of the product, as a stranger would try it."""

import pytest

from bibmail.tenancy.kinds import TableKind
from tests.isolation import makers, probes
from tests.isolation.makers import Model, World


def _label(model: Model) -> str:
    return model._meta.label


def test_every_fenced_model_has_a_maker() -> None:
    assert makers.without_maker() == []


@pytest.mark.parametrize("model", makers.models_of(TableKind.TENANT), ids=_label)
def test_aalst_neither_reads_nor_touches_zottegem(model: Model, world: World) -> None:
    assert probes.tenant_leaks(model, world) == []


@pytest.mark.parametrize("model", makers.models_of(TableKind.SHARED), ids=_label)
def test_what_is_the_networks_is_read_by_all_and_written_by_the_network(model: Model, world: World) -> None:
    assert list(probes.shared_leaks(model, world)) == []


@pytest.mark.parametrize("model", makers.models_of(TableKind.AGGREGATE), ids=_label)
def test_counts_are_written_by_their_library_and_read_by_the_network(model: Model, world: World) -> None:
    assert list(probes.aggregate_leaks(model, world)) == []


@pytest.mark.django_db
def test_unique_keys_do_not_tell_that_zottegem_has_the_same_row() -> None:
    twins = makers.build(words_of_aalst="kanarie")

    assert probes.business_keys(twins) == []


def test_nothing_else_in_the_database_holds_words_of_zottegem(world: World) -> None:
    assert probes.relation_leaks(world) == []


@pytest.mark.django_db
def test_the_roles_that_serve_pages_are_plain() -> None:
    assert probes.unfit_roles() == []


def test_no_tenant_model_has_an_automatic_link_table() -> None:
    assert probes.many_to_many() == []
