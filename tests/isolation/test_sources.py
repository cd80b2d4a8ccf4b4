from tests.isolation import sources


def test_only_the_tenant_core_sets_a_scope_and_nobody_goes_around_it() -> None:
    assert sources.violations(sources.product()) == []


def test_the_scan_reads_the_whole_product() -> None:
    assert len(sources.product()) > 80
