"""One form for each kind of block; what it holds are the options of the block."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from campaigns.drafts import Block
from campaigns.forms.head import Choices
from campaigns.forms.inputs import FIELDS_HINT, line, number, text


class _BlockForm(forms.Form):
    """One block. What `cleaned_data` holds are its options."""

    def __init__(self, *args: Any, services: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "services" in self.fields:
            field = self.fields["services"]
            assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  # declared below
            field.choices = list(services)


class _GreetingForm(_BlockForm):
    title = line(gettext_lazy("Titel"), required=True, hint=FIELDS_HINT)
    text = text(gettext_lazy("Tekst"), hint=gettext_lazy("Een lege regel begint een nieuwe alinea."))


class _TextForm(_BlockForm):
    title = line(gettext_lazy("Titel"))
    text = text(
        gettext_lazy("Tekst"),
        required=True,
        hint=gettext_lazy("Een lege regel begint een nieuwe alinea. **Zo** zet je een woord in het vet."),
    )


class _HeadingForm(_BlockForm):
    title = line(gettext_lazy("Tussentitel"), required=True)


class _AcquisitionsForm(_BlockForm):
    title = line(
        gettext_lazy("Titel"), hint=gettext_lazy("Laat je dit leeg, dan staat er ‘Nieuw in de bib’.")
    )
    max = number(gettext_lazy("Hoeveel titels?"), least=1, most=12)


class _EventsForm(_BlockForm):
    title = line(
        gettext_lazy("Titel"), hint=gettext_lazy("Laat je dit leeg, dan staat er ‘Binnenkort te doen’.")
    )
    days = number(gettext_lazy("Hoeveel dagen vooruit?"), least=1, most=90)
    max = number(gettext_lazy("Hoeveel activiteiten?"), least=1, most=10)


class _OfferForm(_BlockForm):
    title = line(gettext_lazy("Titel"))
    services = forms.MultipleChoiceField(
        label=gettext_lazy("Welke diensten?"),
        help_text=gettext_lazy("Je ziet alleen diensten die je bib heeft."),
        widget=forms.CheckboxSelectMultiple,
    )


class _ButtonForm(_BlockForm):
    label = line(
        gettext_lazy("Tekst op de knop"),
        most=60,
        required=True,
        hint=gettext_lazy("Begin met een werkwoord, bijvoorbeeld ‘Bekijk de agenda’."),
    )
    url = forms.URLField(
        label=gettext_lazy("Webadres"),
        max_length=500,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
    )


class _PollForm(_BlockForm):
    question = line(gettext_lazy("Vraag"), required=True, hint=gettext_lazy("Het antwoord is ja of nee."))


class _HoursForm(_BlockForm):
    title = line(
        gettext_lazy("Titel"),
        hint=gettext_lazy("Laat je dit leeg, dan staat er ‘Kom langs in’ en de vestiging."),
    )


_BLOCK_FORMS: Mapping[str, type[_BlockForm]] = {
    "greeting": _GreetingForm,
    "text": _TextForm,
    "heading": _HeadingForm,
    "new_acquisitions": _AcquisitionsForm,
    "events": _EventsForm,
    "offer": _OfferForm,
    "button": _ButtonForm,
    "poll": _PollForm,
    "opening_hours": _HoursForm,
}


def block_form(block: Block, data: Mapping[str, Any] | None = None, *, services: Choices) -> forms.Form:
    """The form of this block, filled with what stands in it."""
    made = _BLOCK_FORMS[block["type"]]
    return made(data, initial=block, services=services, prefix=block["key"], auto_id="id_%s")
