"""Inline styles, since many mail programs read no style sheet; the classes carry the dark colours."""

from campaigns.content.colours import Palette

_SANS = "font-family:Arial,Helvetica,sans-serif"
_TEXT = f"margin:0;{_SANS};font-size:17px;line-height:1.55;color:#2b3030"


def styles(palette: Palette) -> dict[str, str]:
    """Style by name, as the templates use them."""
    return {
        "h1": "margin:0 0 14px;font-family:Georgia,'Times New Roman',serif;font-size:30px;line-height:1.2;"
        "font-weight:normal;color:#1d2422",
        "h2": f"margin:0 0 8px;{_SANS};font-size:19px;line-height:1.35;color:#1d2422",
        "h3": f"margin:16px 0 2px;{_SANS};font-size:17px;line-height:1.4;color:#1d2422",
        "p": _TEXT,
        "p_next": _TEXT.replace("margin:0", "margin:12px 0 0"),
        "quiet": f"margin:0;{_SANS};font-size:16px;line-height:1.5;color:#525a57",
        "small": f"margin:0 0 10px;{_SANS};font-size:14px;line-height:1.6;color:#525a57",
        "list": f"margin:0;padding:0 0 0 22px;{_SANS};font-size:17px;line-height:1.55;color:#2b3030",
        "bare": f"margin:0;padding:0;list-style:none;{_SANS};font-size:17px;line-height:1.5;color:#2b3030",
        "row": "margin:0;padding:10px 0;border-bottom:1px solid #e2e3df",
        "li": "margin:0 0 6px",
        "a": f"color:{palette.ink};text-decoration:underline",
        "name": f"margin:0;{_SANS};font-size:17px;font-weight:bold;color:{palette.ink}",
        "soft": f"background:{palette.soft};border-radius:12px;padding:22px 24px",
        "warn": "background:#fdf1d4;border-radius:8px;padding:12px 16px",
        "th": f"padding:7px 12px 7px 0;white-space:nowrap;border-bottom:1px solid #e2e3df;{_SANS};"
        "font-size:16px;line-height:1.5;font-weight:normal;color:#2b3030",
        "td": f"padding:7px 0;border-bottom:1px solid #e2e3df;{_SANS};font-size:16px;line-height:1.5;color:#2b3030",
        "btn": f"display:inline-block;background:{palette.fill};color:{palette.on_fill};{_SANS};font-size:17px;"
        "line-height:1.3;font-weight:bold;text-decoration:none;padding:13px 24px;border-radius:8px",
    }


# The books of the shelf: width in %, height in px, and which colour.
SHELF = (
    (9, 54, "fill"), (7, 72, "sun"), (11, 46, "pale"), (8, 64, "brick"), (9, 80, "deep"), (7, 58, "sand"),
    (10, 50, "pale"), (6, 70, "sun"), (12, 44, "fill"), (8, 62, "brick"), (7, 76, "pale"), (6, 56, "deep"),
)  # fmt: skip


def shelf(palette: Palette) -> list[dict[str, object]]:
    """A row of books in the colours of the library, that needs no image."""
    colours = {"fill": palette.fill, "pale": palette.pale, "deep": palette.deep,
               "sun": "#e6b23c", "brick": "#b4512f", "sand": "#d9cba4"}  # fmt: skip
    return [
        {"width": width, "height": height, "colour": colours[name], "is_deep": name == "deep"}
        for width, height, name in SHELF
    ]
