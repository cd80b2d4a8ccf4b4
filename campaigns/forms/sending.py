from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bibmail.tenancy.forms import ClockField


class SendForm(forms.Form):
    """When, and for how many: the number is typed over from the page, so that it was read."""

    when = forms.ChoiceField(
        label=gettext_lazy("Wanneer?"),
        choices=[("now", gettext_lazy("Nu")), ("later", gettext_lazy("Later, op een dag en een uur"))],
        initial="now",
        widget=forms.RadioSelect,
    )
    day = forms.DateField(
        label=gettext_lazy("Dag"),
        error_messages={"required": gettext_lazy("Kies de dag waarop de nieuwsbrief vertrekt.")},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "form-control bm-w-m"}),
    )
    hour = ClockField(
        label=gettext_lazy("Uur"),
        help_text=gettext_lazy("Bijvoorbeeld 9.00."),
        error_messages={"required": gettext_lazy("Vul het uur in, bijvoorbeeld 9.00.")},
    )
    count = forms.CharField(
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "form-control bm-w-s"}
        )
    )

    def __init__(self, *args: Any, at: datetime, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._at = at
        self.fields["count"].label = label
        if self.data.get("when") == "now":
            self.fields["day"].required = self.fields["hour"].required = False

    def clean_count(self) -> int:
        """Points and spaces in a number are how people write it."""
        digits = "".join(sign for sign in str(self.cleaned_data["count"]) if sign not in " .,\u00a0\u202f")
        if not digits.isdecimal():
            raise forms.ValidationError(_("Typ alleen het getal."))
        return int(digits)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("when") != "later":
            return cleaned
        if not self.errors and self.send_at and self.send_at <= self._at:
            self.add_error("day", _("Dat moment is al voorbij. Kies een later moment."))
        return cleaned

    @property
    def send_at(self) -> datetime | None:
        """The chosen moment; None for now."""
        if self.cleaned_data.get("when") != "later":
            return None
        return timezone.make_aware(datetime.combine(self.cleaned_data["day"], self.cleaned_data["hour"]))
