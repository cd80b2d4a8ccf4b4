from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.models import Contact


class RelationForm(forms.Form):
    """What somebody is to the library too, and until when if that is known."""

    relation = forms.ChoiceField(
        label=gettext_lazy("Soort relatie"),
        choices=[("", gettext_lazy("Kies")), *Contact.Relation.choices],
        error_messages={"required": gettext_lazy("Kies wat deze persoon voor de bib is.")},
    )
    last_day = forms.DateField(
        label=gettext_lazy("Tot en met"),
        help_text=gettext_lazy("Weet je het niet? Laat dit leeg. Je kan de relatie later beëindigen."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "form-control bm-w-m"}, format="%Y-%m-%d"),
        error_messages={
            "invalid": gettext_lazy("Deze datum kunnen we niet lezen. Schrijf ze als 2009-03-12.")
        },
    )

    def __init__(self, *args: Any, contact: Contact, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._contact, self._today = contact, today
        self.fields["last_day"].widget.attrs["min"] = today.isoformat()

    def clean_last_day(self) -> date | None:
        last_day: date | None = self.cleaned_data["last_day"]
        if last_day and last_day < self._today:
            raise forms.ValidationError(
                _("Deze dag is al voorbij. Kies vandaag of een dag die nog komt, of laat het veld leeg.")
            )
        return last_day

    def say_already_known(self) -> None:
        """Put the sentence with the field: this relation is there already."""
        label = dict(Contact.Relation.choices)[self.cleaned_data["relation"]]
        self.add_error(
            "relation",
            _("We kennen deze persoon al als %(relation)s. Kies een andere relatie.")
            % {"relation": str(label).lower()},
        )
