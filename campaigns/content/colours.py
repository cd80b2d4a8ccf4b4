"""Colours of a mail, light and dark, from the one colour a library chose; contrast by WCAG 2.2."""

from colorsys import hls_to_rgb, rgb_to_hls
from typing import NamedTuple

READABLE = 4.5
_WHITE, _INK = "#ffffff", "#12180f"
_DARK_PAPER, _DARK_SOFT = "#1e2320", "#2a312c"


class Palette(NamedTuple):
    """What the layout fills in; the pairs were made to be read on each other."""

    fill: str  # buttons and the shelf
    on_fill: str
    ink: str  # links and the name, on paper and on soft
    soft: str
    dark_fill: str
    dark_on_fill: str
    dark_ink: str
    dark_soft: str
    pale: str
    deep: str


def contrast(one: str, other: str) -> float:
    """1 for the same, 21 for black on white."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def palette(colour: str) -> Palette:
    """Everything from one colour; what could not be read is made darker or lighter until it can."""
    soft = lit(colour, 0.93)
    dark_soft = mix(colour, _DARK_SOFT, 0.85)
    light = lit(colour, 0.72)
    return Palette(
        fill=colour,
        on_fill=_WHITE if contrast(colour, _WHITE) >= READABLE else _INK,
        ink=_until(colour, soft, towards="#000000"),
        soft=soft,
        dark_fill=_until(light, _INK, towards=_WHITE),
        dark_on_fill=_INK,
        dark_ink=_until(_until(light, dark_soft, towards=_WHITE), _DARK_PAPER, towards=_WHITE),
        dark_soft=dark_soft,
        pale=lit(colour, 0.62),
        deep=mix(colour, "#000000", 0.35),
    )


def lit(colour: str, lightness: float) -> str:
    """The same hue, this light: between 0 for black and 1 for white."""
    hue, _lightness, saturation = rgb_to_hls(*(part / 255 for part in _parts(colour)))
    parts = hls_to_rgb(hue, lightness, min(saturation, 0.55))
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


def readable(colour: str, *, ground: str = _WHITE) -> str:
    """The nearest shade of this colour that can be read on this ground."""
    towards = "#000000" if _luminance(ground) > 0.2 else _WHITE
    return _until(colour, ground, towards=towards)


def mix(one: str, other: str, share: float) -> str:
    """`one`, with this share of `other` in it."""
    pairs = zip(_parts(one), _parts(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _until(colour: str, ground: str, *, towards: str) -> str:
    """The nearest shade of the colour that can be read on this ground."""
    for step in range(21):
        shade = mix(colour, towards, step / 20)
        if contrast(shade, ground) >= READABLE:
            return shade
    return towards


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in _parts(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
