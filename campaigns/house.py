"""The library's colour and addresses, for the pages that members see (tenancy.member_pages)."""

from bibmail.tenancy import member_pages
from bibmail.tenancy.member_pages import House
from bibmail.tenancy.models import Branch, Library
from campaigns.content.colours import READABLE, contrast, mix
from campaigns.models import BrandKit, LibraryTexts

_WHITE, _BLACK, _INK = "#ffffff", "#000000", "#0b1214"
# The grounds of bibmail.css on which the colour is read: page, card and the soft ground of a choice.
_LIGHT, _DARK = ("#f6f5f1", _WHITE), ("#11181a", "#1a2326")


def of(library: Library) -> House:
    """Three short queries; a library that filled in nothing has Bibmail's own colours."""
    brand, texts = BrandKit.objects.first(), LibraryTexts.objects.first() or LibraryTexts()
    main = Branch.objects.filter(kind=Branch.Kind.BRANCH).exclude(street="").order_by("code", "pk").first()
    return House(
        name=library.name,
        slug=library.slug,
        address=f"{main.street} {main.house_number}, {main.postal_code} {main.city}" if main else "",
        email=texts.email or (brand.reply_to if brand else ""),
        privacy_url=texts.privacy_url,
        shades=shades(brand.colour) if brand else {},
    )


def shades(colour: str) -> dict[str, tuple[str, str]]:
    """CSS variable to its light and its dark value, each readable where it stands (WCAG 1.4.3)."""
    soft, dark_soft = mix(colour, _WHITE, 0.9), mix(colour, _DARK[1], 0.82)
    light = _readable(colour, (*_LIGHT, soft), towards=_BLACK)
    dark = _readable(mix(colour, _WHITE, 0.5), (*_DARK, dark_soft), towards=_WHITE)
    return {
        "--brand": (light, dark),
        "--on-brand": (_WHITE, _INK),
        "--brand-deep": (mix(light, _BLACK, 0.3), mix(dark, _WHITE, 0.4)),
        "--brand-soft": (soft, dark_soft),
        "--brand-line": (mix(colour, _WHITE, 0.65), mix(colour, _DARK[1], 0.5)),
    }


def _readable(colour: str, grounds: tuple[str, ...], *, towards: str) -> str:
    """The nearest shade that can be read on all of these."""
    for step in range(21):
        shade = mix(colour, towards, step / 20)
        if all(contrast(shade, ground) >= READABLE for ground in grounds):
            return shade
    return towards


def register() -> None:
    member_pages.register(of)
