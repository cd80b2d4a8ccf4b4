import logging

from bibmail.logs import DiscreetFormatter


def formatted(message: str) -> str:
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, message, None, None)
    return DiscreetFormatter("{message}", style="{").format(record)


def test_an_address_never_reaches_a_log() -> None:
    assert formatted("mail to noor+bib@example.be failed") == "mail to ***@*** failed"


def test_what_the_database_quotes_of_a_row_is_left_out() -> None:
    error = (
        'violates "one_contact_per_external_id"\nDETAIL:  Key (library_id, external_id)=(1, 7301) exists.\n'
    )

    assert formatted(error) == 'violates "one_contact_per_external_id"\nDETAIL: (left out)\n'
