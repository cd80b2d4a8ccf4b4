"""What a run of the tests says last (loaded by `-p tests.closing_lines` in the Makefile)."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many browser tests had no browser, and how the scenarios with killed processes ended."""
    skipped = [report for report in terminalreporter.getreports("skipped") if "browser" in report.keywords]
    if skipped:
        terminalreporter.write_line(
            f"{len(skipped)} browser tests were skipped: there is no Chromium here. "
            "On Debian or Ubuntu: apt-get install chromium"
        )
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, line in report.user_properties:
            if name == "audit":
                terminalreporter.write_line(f"faults: {line}")
    green, red = (
        sum("test_faults.py" in report.nodeid or "tests/faults/" in report.nodeid for report in reports)
        for reports in (
            terminalreporter.getreports("passed"),
            [*terminalreporter.getreports("failed"), *terminalreporter.getreports("error")],
        )
    )
    if green + red:
        terminalreporter.write_line(f"faults: scenarios={green + red} green={green} red={red}")
