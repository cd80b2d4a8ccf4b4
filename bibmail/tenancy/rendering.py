from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Forms in our look: `{{ form }}` and `{{ form.email.as_field_group }}` (settings.FORM_RENDERER)."""

    form_template_name = "ui/_form.html"
    field_template_name = "ui/_field.html"
