from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Self

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from bibmail.tenancy import sinks
from members import corrections, custom_fields, sentences
from members.identity import NoAddress, normalised_email
from members.models import Contact, CustomField, CustomValue, ImportPreset, ImportRun


class PresetForm(forms.Form):
    """What a preset of the library's own is called."""

    name = forms.CharField(label=_("Naam"), max_length=60)

    @classmethod
    def of(cls, preset: ImportPreset, said: QueryDict | None = None) -> Self:
        """The form of one preset, told apart from its neighbours by the number in its ids."""
        form = cls(said, initial={"name": preset.name}, auto_id=f"preset-{preset.pk}-%s")
        form.preset = preset  # type: ignore[attr-defined]  # for the page
        form.kind = sinks.get(preset.sink).label  # type: ignore[attr-defined]
        return form


class UploadForm(forms.Form):
    """Which file; what kind it is we guess, unless somebody says so."""

    file = forms.FileField(
        label=_("Bestand"),
        help_text=_("CSV, Excel (.xlsx), OpenDocument (.ods) of JSON Lines. Slepen naar dit vak mag ook."),
        widget=forms.ClearableFileInput(
            attrs={
                "accept": ".csv,.tsv,.txt,.xlsx,.ods,.jsonl,.json,text/csv",
                "class": "form-control bm-drop",
            }
        ),
        error_messages={"empty": _("Het bestand is leeg. Kies een ander bestand.")},
    )
    sink = forms.ChoiceField(
        label=_("Wat staat er in het bestand?"),
        help_text=_("Begin bij vestigingen en leden. De rest hangt daaraan vast."),
        required=False,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        self.fields["sink"].choices = [  # type: ignore[attr-defined]  # a ChoiceField, declared above
            ("", _("Bibmail kijkt zelf")),
            *((sink.code, sink.label) for sink in sinks.in_order()),
        ]


class ColumnsForm(forms.Form):
    """What each column of a file stands for; each field at most once, and none that must be there forgotten."""

    save_as = forms.CharField(
        label=_("Bewaar deze keuze als voorinstelling"),
        help_text=_("Geef ze een naam als je dit bestand vaker krijgt. Leeg mag: dan onthouden we ze toch."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(
        self,
        *args: Any,
        run: ImportRun,
        sink: sinks.Sink,
        guessed: Mapping[str, str],
        is_full: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._sink = sink
        self._titles: dict[str, str] = {}
        self.columns: list[dict[str, Any]] = []
        if sink.code == "members":
            self.fields["is_full"] = forms.BooleanField(
                label=_("Dit zijn al onze leden"),
                help_text=_(
                    "Wie er niet in staat, is dan geen lid meer. Eerst tonen we om hoeveel mensen het gaat."
                ),
                required=False,
                initial=is_full or run.is_full,
            )
        choices = [("", _("Niet inladen")), *((column.header, column.label) for column in sink.columns)]
        for number, column in enumerate(run.looked.get("columns", [])):
            name = f"column_{number}"
            if not column["is_national"]:
                self._titles[name] = column["title"]
                self.fields[name] = forms.ChoiceField(
                    label=column["title"],
                    choices=choices,
                    required=False,
                    initial=guessed.get(column["title"], ""),
                )
            self.columns.append({**column, "field": self[name] if name in self._titles else None})

    @property
    def others(self) -> list[forms.BoundField]:
        """The fields that are not about a column."""
        return [self[name] for name in self.fields if name not in self._titles]

    @property
    def chosen(self) -> dict[str, str]:
        """Each title with the canonical header it stands for, or nothing."""
        return {title: self.cleaned_data.get(name, "") for name, title in self._titles.items()}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        labels = {column.header: column.label for column in self._sink.columns}
        chosen = [header for header in self.chosen.values() if header]
        for header in sorted({header for header in chosen if chosen.count(header) > 1}):
            self.add_error(
                None, _("‘%(field)s’ koos je voor twee kolommen. Kies er één.") % {"field": labels[header]}
            )
        for column in self._sink.columns:
            if column.required and column.header not in chosen:
                self.add_error(
                    None,
                    _("Kies welke kolom ‘%(field)s’ is. Zonder kunnen we niets inladen.")
                    % {"field": column.label},
                )
        return cleaned


class JoinForm(forms.Form):
    """Which two, and why."""

    kept_id = forms.IntegerField(min_value=1)
    other_id = forms.IntegerField(min_value=1)
    rule = forms.CharField(required=False, max_length=20)


class SplitForm(forms.Form):
    """Who the other is, and what belongs to them."""

    first_name = forms.CharField(
        label=_("Voornaam van de andere persoon"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    last_name = forms.CharField(
        label=_("Naam van de andere persoon"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    parts = forms.MultipleChoiceField(
        label=_("Wat hoort bij de andere persoon?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Kies minstens één ding dat bij de andere persoon hoort.")},
    )

    def __init__(self, *args: Any, parts: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parts"].choices = list(parts)  # type: ignore[attr-defined]  # a MultipleChoiceField, above

    @property
    def activity_ids(self) -> list[int]:
        return self._ids("activity")

    @property
    def household_ids(self) -> list[int]:
        return self._ids("link")

    def _ids(self, kind: str) -> list[int]:
        chosen = (part.split(":") for part in self.cleaned_data["parts"])
        return [int(pk) for found, pk in chosen if found == kind]


class CorrectionForm(forms.Form):
    """Who somebody is, corrected by a colleague."""

    first_name = forms.CharField(label=_("Voornaam"), max_length=100, required=False)
    name_prefix = forms.CharField(label=_("Tussenvoegsel"), max_length=40, required=False)
    last_name = forms.CharField(label=_("Naam"), max_length=100)
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    date_of_birth = forms.DateField(
        label=_("Geboortedatum"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Deze datum kunnen we niet lezen. Schrijf ze als 2009-03-12.")},
    )
    gender = forms.ChoiceField(
        label=_("Geslacht"),
        choices=[("", _("Weten we niet")), ("V", _("Vrouw")), ("M", _("Man")), ("X", _("X"))],
        required=False,
    )
    postal_code = forms.CharField(label=_("Postcode"), max_length=10, required=False)
    city = forms.CharField(label=_("Gemeente"), max_length=100, required=False)
    language = forms.ChoiceField(
        label=_("Taal"),
        choices=[("nl", _("Nederlands")), ("fr", _("Frans")), ("en", _("Engels")), ("de", _("Duits"))],
    )

    def __init__(self, *args: Any, contact: Contact, today: date, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(contact, name) for name in corrections.FIELDS}
        super().__init__(*args, **kwargs)
        self._today = today
        for name, field in self.fields.items():
            if name not in {"email", "language", "gender", "date_of_birth"}:
                field.widget.attrs["autocomplete"] = "off"

    def clean_email(self) -> str:
        cell = str(self.cleaned_data["email"]).strip()
        if cell:
            try:
                normalised_email(cell)
            except NoAddress:
                raise forms.ValidationError(_("Dit e-mailadres kan niet bestaan. Kijk het na.")) from None
        return cell

    def clean_date_of_birth(self) -> date | None:
        born: date | None = self.cleaned_data["date_of_birth"]
        if born and not 1900 <= born.year <= self._today.year:
            raise forms.ValidationError(_("Dit jaar kan niet kloppen. Kijk het na."))
        if born and born > self._today:
            raise forms.ValidationError(_("Deze dag moet nog komen. Kijk het jaar na."))
        return born


class CustomFieldForm(forms.Form):
    """A field of the library's own: without a purpose and an end it cannot be kept."""

    label = forms.CharField(
        label=_("Naam"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    type = forms.ChoiceField(
        label=_("Soort"),
        choices=CustomField.Type.choices,
        help_text=_("Dit kan je later niet meer veranderen."),
    )
    choices = forms.CharField(
        label=_("Keuzes"),
        help_text=_("Alleen bij een keuze uit een lijst: zet elke keuze op een eigen regel."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )
    purpose = forms.CharField(
        label=_("Waarvoor gebruik je dit?"),
        help_text=_("Eén zin die je ook aan de persoon zelf zou zeggen. Zonder doel mag je niets bewaren."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": _("Zeg in één zin waarvoor je dit gebruikt. Zonder doel mag je het niet bewaren.")
        },
    )
    keep_months = forms.IntegerField(
        label=_("Hoeveel maanden bewaar je het?"),
        help_text=_("Daarna wissen we het vanzelf, tenzij iemand het opnieuw invult of inlaadt."),
        min_value=1,
        max_value=120,
        initial=24,
    )

    def __init__(self, *args: Any, field: CustomField | None = None, **kwargs: Any) -> None:
        if field is not None:
            kwargs["initial"] = {
                "label": field.label,
                "type": field.type,
                "choices": "\n".join(field.choices),
                "purpose": field.purpose,
                "keep_months": field.keep_months,
            }
        super().__init__(*args, **kwargs)
        if field is not None:
            self.fields["type"].disabled = True

    def clean_purpose(self) -> str:
        words = " ".join(str(self.cleaned_data["purpose"]).split())
        if len(words) < 10:
            raise forms.ValidationError(
                _("Zeg het in een hele zin, bijvoorbeeld: ‘Om de leesclub te kunnen indelen.’")
            )
        return words

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        listed = [line.strip() for line in str(cleaned.get("choices", "")).splitlines() if line.strip()]
        cleaned["choices"] = list(dict.fromkeys(listed))
        if cleaned.get("type") == CustomField.Type.CHOICE and len(cleaned["choices"]) < 2:
            self.add_error("choices", _("Geef minstens twee keuzes, elk op een eigen regel."))
        return cleaned


class CustomValuesForm(forms.Form):
    """The library's own fields of one person."""

    def __init__(self, *args: Any, contact: Contact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {value.field_id: value for value in CustomValue.objects.filter(contact=contact)}
        self._fields_by_name = {f"field_{field.pk}": field for field in CustomField.objects.in_use()}
        for name, field in self._fields_by_name.items():
            self.fields[name] = _input_of(field)
            self.initial[name] = custom_fields.written(field, known.get(field.pk))

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        self.values: dict[CustomField, custom_fields.Value] = {}
        for name, field in self._fields_by_name.items():
            try:
                self.values[field] = custom_fields.read(field, str(cleaned.get(name, "")))
            except custom_fields.Unreadable as bad:
                self.add_error(name, str(sentences.of_code(str(bad)).wrong))
        return cleaned


def _input_of(field: CustomField) -> forms.Field:
    options: dict[str, Any] = {"label": field.label, "required": False, "help_text": field.purpose}
    match field.type:
        case CustomField.Type.YES_NO:
            return forms.ChoiceField(
                choices=[("", _("Weten we niet")), ("ja", _("ja")), ("nee", _("nee"))], **options
            )
        case CustomField.Type.CHOICE:
            choices = [("", _("Weten we niet")), *((choice, choice) for choice in field.choices)]
            return forms.ChoiceField(choices=choices, **options)
        case CustomField.Type.DATE:
            return forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), **options)
    mode = {"inputmode": "decimal"} if field.type == CustomField.Type.NUMBER else {}
    return forms.CharField(
        max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off", **mode}), **options
    )


class SegmentNameForm(forms.Form):
    """What a segment is called."""

    name = forms.CharField(
        label=_("Naam"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
