import re
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.utils import translation

from bibmail import vendor
from bibmail.tenancy import plots
from bibmail.tenancy.templatetags import bibmail as tags

OCTOBER = date(2020, 10, 8)


def _rendered(source: str, **context: object) -> str:
    return engines["django"].from_string(source).render(context)


@pytest.mark.parametrize(
    ("filtered", "words"),
    [
        (tags.number(2812), "2.812"),
        (tags.number(None), "–"),
        (tags.few(0), "0"),
        (tags.few(4), "minder dan 5"),
        (tags.few(5), "5"),
        (tags.per_hundred(68, 100), 68),
        (tags.per_hundred(1, 0), 0),
        (tags.per_thousand(8668, 40_000), 217),
        (tags.per_thousand(1, 0), 0),
        (tags.day(OCTOBER), "donderdag 8 oktober 2020"),
        (tags.short_day(OCTOBER), "8 okt 2020"),
        (tags.month(OCTOBER), "oktober 2020"),
        (tags.short_month(OCTOBER), "okt 2020"),
        (tags.clock(time(9)), "9.00"),
        (tags.clock(datetime(2020, 10, 8, 7, 30, tzinfo=UTC)), "9.30"),
        (tags.moment(datetime(2020, 10, 8, 7, 30, tzinfo=UTC)), "donderdag 8 oktober 2020, 9.30"),
    ],
)
def test_figures_and_days_read_as_in_flanders(filtered: object, words: object) -> None:
    assert filtered == words


def test_english_days_are_english() -> None:
    with translation.override("en"):
        assert tags.day(OCTOBER).startswith("Thursday 8 October")


def test_a_note_escapes_what_a_template_puts_in_it() -> None:
    html = _rendered('{% note "warn" %}<b>{{ name }}</b>{% endnote %}', name="<script>")

    assert "<b>&lt;script&gt;</b>" in html
    assert "bm-note-warn" in html


def test_an_icon_is_silent_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in _rendered('{% icon "home" %}')
    assert 'aria-label="Vergrendeld"' in _rendered('{% icon "lock" "Vergrendeld" %}')


def test_the_tallest_bar_is_a_hundred_and_stands_out() -> None:
    plot = plots.bars([("a", 1), ("b", 1), ("c", 4)], message="", head="")

    assert [(bar.height, bar.is_high) for bar in plot.bars] == [(25, False), (25, False), (100, True)]


def test_bars_of_nothing_have_no_height() -> None:
    assert [bar.height for bar in plots.bars([("a", 0)], message="", head="").bars] == [0]


def _sources() -> list[Path]:
    root = Path(settings.ROOT)
    return [
        *root.glob("templates/**/*.html"),
        *root.glob("bibmail/**/*.py"),
        *root.glob("*/templates/**/*.html"),
    ]


def test_every_icon_in_a_template_is_in_the_sprite() -> None:
    used = {
        name for path in _sources() for name in re.findall(r'{% icon "([\w-]+)"', path.read_text("utf-8"))
    }

    assert used <= set(vendor.icon_names())


def test_no_template_has_inline_style_or_script() -> None:
    """The policy of our pages would refuse them."""
    loud = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)")
    templates = [path for path in Path(settings.ROOT).glob("templates/**/*.html") if "mail" not in path.parts]

    assert [str(path) for path in templates if loud.search(path.read_text("utf-8"))] == []
