"""What somebody fills in, and what a colleague decides about a form."""

from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.signup import form_lists
from consent.signup.asking import Details
from consent.signup.models import SignupForm
from consent.signup.words import Box
from consent.topics import Offer
from members.identity import NoAddress, normalised_email
from members.models import Contact, ContactList
from members.models.contact import AGE_OF_OWN_MAIL, years_before

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[SignupForm]
else:
    _ModelForm = forms.ModelForm

_AUTOCOMPLETE = {
    "first_name": "given-name",
    "last_name": "family-name",
    "postal_code": "postal-code",
    "date_of_birth": "bday",
}


class AskForm(forms.Form):
    """The form on the public page: an address, what the library asks beside it, and the topics. None is ticked."""

    email = forms.CharField(
        label=gettext_lazy("E-mailadres"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": gettext_lazy("Vul je e-mailadres in.")},
    )
    first_name = forms.CharField(label=gettext_lazy("Voornaam"), max_length=100, required=False)
    last_name = forms.CharField(label=gettext_lazy("Naam"), max_length=100, required=False)
    postal_code = forms.RegexField(
        r"^[0-9]{4}$",
        label=gettext_lazy("Postcode"),
        max_length=4,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": gettext_lazy("Een postcode heeft vier cijfers, bijvoorbeeld 9620.")},
    )
    date_of_birth = forms.DateField(
        label=gettext_lazy("Geboortedatum"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Dat is geen datum. Schrijf hem als 12/03/1989.")},
    )
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Waarover wil je mails?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Kies minstens één ding waarover je mails wil.")},
    )
    lists = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Op welke lijst van de bib wil je staan?"),
        help_text=gettext_lazy("Je mag ze allemaal leeg laten."),
        widget=forms.CheckboxSelectMultiple,
        coerce=int,
        required=False,
    )
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        form: SignupForm,
        boxes: list[Box],
        lists: list[ContactList],
        today: date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._boxes, self._lists, self._today = boxes, lists, today
        self.is_too_young = False
        self.fields["topics"].choices = [(box.code, box.label) for box in boxes]  # type: ignore[attr-defined]
        for code, word in _AUTOCOMPLETE.items():
            if code in form.asks:
                self.fields[code].widget.attrs["autocomplete"] = word
            else:
                del self.fields[code]
        if form.visitors_choose_lists and lists:
            self.fields["lists"].choices = [(one.pk, one.name) for one in lists]  # type: ignore[attr-defined]
        else:
            del self.fields["lists"]

    def clean_email(self) -> str:
        try:
            return normalised_email(str(self.cleaned_data["email"]).strip())
        except NoAddress:
            raise forms.ValidationError(
                _("Dat is geen e-mailadres. Kijk na of er iets ontbreekt, zoals het apenstaartje.")
            ) from None

    def clean_date_of_birth(self) -> date | None:
        born: date | None = self.cleaned_data["date_of_birth"]
        if born and (born > self._today or born.year < 1900):
            raise forms.ValidationError(_("Kijk je geboortedatum na: dit kan niet kloppen."))
        if born and born > years_before(self._today, AGE_OF_OWN_MAIL):
            self.is_too_young = True
            raise forms.ValidationError(
                _("Je bent nog geen 13 jaar. Vraag aan je mama of papa om zich aan te melden.")
            )
        return born

    @property
    def details(self) -> Details:
        said = self.cleaned_data
        return Details(
            email=said["email"],
            first_name=said.get("first_name", "").strip(),
            last_name=said.get("last_name", "").strip(),
            postal_code=said.get("postal_code", ""),
            date_of_birth=said.get("date_of_birth"),
        )

    @property
    def chosen(self) -> list[Box]:
        return [box for box in self._boxes if box.code in self.cleaned_data["topics"]]

    @property
    def list_ids(self) -> list[int]:
        """The lists that were ticked; where there is nothing to tick, all that were named."""
        if "lists" in self.fields:
            return list(self.cleaned_data["lists"])
        return [one.pk for one in self._lists]


class SignupFormForm(_ModelForm):
    """What a colleague decides about a sign-up form."""

    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Waarover kunnen mensen mails vragen?"),
        help_text=gettext_lazy("Ze vinken zelf aan wat ze willen. Er staat vooraf niets aangevinkt."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Kies minstens één thema.")},
    )
    asks = forms.MultipleChoiceField(
        label=gettext_lazy("Wat vraag je nog, behalve het e-mailadres?"),
        help_text=gettext_lazy("Vraag alleen wat je gebruikt. Niemand is verplicht om het in te vullen."),
        widget=forms.CheckboxSelectMultiple,
        choices=SignupForm.Asks.choices,
        required=False,
    )
    contact_lists = forms.ModelMultipleChoiceField(
        ContactList.objects.none(),
        label=gettext_lazy("Zet wie bevestigt op deze lijsten"),
        help_text=gettext_lazy("De naam van de lijst staat op het formulier."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    allowed_origins = forms.CharField(
        label=gettext_lazy("Websites die het formulier mogen tonen"),
        help_text=gettext_lazy(
            "Eén webadres per regel, bijvoorbeeld https://bib.example.be. Andere websites tonen het niet."
        ),
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false"}),
        required=False,
    )

    class Meta:
        model = SignupForm
        fields = (
            "name", "slug", "intro", "topics", "asks", "relation", "contact_lists", "visitors_choose_lists",
            "thanks", "allowed_origins", "is_active",
        )  # fmt: skip
        labels = {
            "is_active": gettext_lazy("Mensen kunnen zich nu aanmelden"),
        }
        help_texts = {
            "slug": gettext_lazy(
                "Kleine letters, cijfers en streepjes. Verander het niet meer als je het adres al ergens zette."
            ),
            "visitors_choose_lists": gettext_lazy("Anders komt iedereen op elke lijst die je aanvinkte."),
            "intro": gettext_lazy("Twee of drie zinnen boven het formulier."),
            "thanks": gettext_lazy("Wat mensen lezen nadat ze bevestigden."),
        }
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "slug": forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            "intro": forms.Textarea(attrs={"rows": 3}),
            "thanks": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, offers: list[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [
            o
            for o in offers
            if not o.is_service and (o.is_offered or o.topic.code in (self.instance.topics or []))
        ]
        self.fields["topics"].choices = [(o.topic.code, o.label) for o in offered]  # type: ignore[attr-defined]
        self.fields["contact_lists"].queryset = ContactList.objects.filter(is_archived=False)  # type: ignore[attr-defined]
        self.initial["contact_lists"] = [one.pk for one in form_lists.of(self.instance)]
        relations = [one for one in Contact.Relation.choices if one[0] not in {"member", "parent"}]
        self.fields["relation"].choices = relations  # type: ignore[attr-defined]
        self.initial["allowed_origins"] = "\n".join(self.instance.allowed_origins or [])

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"]).lower()
        if SignupForm.objects.filter(slug=slug).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Er is al een formulier met dit webadres. Kies een ander."))
        return slug

    def clean_allowed_origins(self) -> list[str]:
        return [_origin(line) for line in str(self.cleaned_data["allowed_origins"]).split() if line]


def _origin(line: str) -> str:
    """Scheme and host of an address somebody pasted; only https, and nothing a policy would read as more."""
    try:
        parts = urlsplit(line)
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        scheme, host, port = "", "", None
    is_name = bool(host) and host.isascii() and all(c.isalnum() or c in "-." for c in host) and "." in host
    if scheme != "https" or not is_name:
        raise forms.ValidationError(
            _(
                "‘%(line)s’ is geen webadres dat met https:// begint. Schrijf het zoals https://bib.example.be."
            )
            % {"line": line[:60]}
        )
    return f"https://{host}:{port}" if port else f"https://{host}"
