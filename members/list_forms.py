from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bibmail.tenancy.models import StaffRole
from bibmail.tenancy.scope import current_library_id
from members.models import ContactList

if TYPE_CHECKING:
    _ListForm = forms.ModelForm[ContactList]
else:
    _ListForm = forms.ModelForm


class ListForm(_ListForm):
    """What a list is for, and who keeps it."""

    class Meta:
        model = ContactList
        fields = ("name", "purpose", "kind")
        help_texts = {"purpose": gettext_lazy("Eén zin. Zonder doel mag je geen gegevens bewaren.")}
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "off"}),
            "purpose": forms.TextInput(attrs={"autocomplete": "off"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = StaffRole.objects.in_library(current_library_id()).order_by("name", "pk")
        self.fields["keeper"] = forms.TypedChoiceField(
            label=_("Wie houdt de lijst bij?"),
            choices=[(role.user_id, role.name) for role in roles],
            coerce=int,
            initial=self.instance.owner_id,
        )

    def clean_name(self) -> str:
        name = " ".join(str(self.cleaned_data["name"]).split())
        if ContactList.objects.filter(name=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Er is al een lijst met deze naam. Kies een andere."))
        return name


class PasteForm(forms.Form):
    """Numbers or addresses, one to a line."""

    pasted = forms.CharField(
        label=gettext_lazy("Plak nummers of e-mailadressen"),
        help_text=gettext_lazy("Eén per regel: lidnummer, lidkaartnummer of e-mailadres."),
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Plak eerst minstens één nummer of adres.")},
    )


class KeepForm(forms.Form):
    """How long a library keeps people who are no member."""

    months = forms.IntegerField(
        label=gettext_lazy("Maanden zonder activiteit"),
        help_text=gettext_lazy(
            "Wie geen lid is, geen mails wil en op geen lijst staat, wissen we na zo lang."
        ),
        min_value=3,
        max_value=60,
        widget=forms.NumberInput(attrs={"class": "form-control bm-w-s"}),
    )
