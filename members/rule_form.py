"""The form of one question of a rule: what all of them share."""

from collections.abc import Mapping
from typing import Any

from django import forms

from members.segments.fields import Choices, Field

Rule = Mapping[str, Any]


class RuleForm(forms.Form):
    """One sentence of a rule; subclasses say which input the kind of field takes."""

    # The value of a field that takes nothing: the sentence says it all.
    sentence = ""

    def __init__(self, *args: Any, field: Field, choices: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.field = field
        self.build(choices)
        if self.fields:
            # The form opens inside the page: the keyboard goes on in its first input.
            next(iter(self.fields.values())).widget.attrs["autofocus"] = True

    def build(self, choices: Choices) -> None:
        """Add the inputs."""

    @property
    def leaf(self) -> Rule:
        return {"field": self.field.code, "op": self.op, "value": self.value}

    @property
    def op(self) -> str:
        return str(self.cleaned_data["op"])

    @property
    def value(self) -> Any:
        return self.cleaned_data["value"]


def number_input(label: Any, *, least: int, most: int) -> forms.IntegerField:
    """A whole number between two others."""
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput(attrs={"class": "form-control bm-w-s"}),
    )
