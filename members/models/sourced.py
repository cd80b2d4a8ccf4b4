from django.db import models

# The source of what a person changed on their own page (Mijn voorkeuren).
BY_THEMSELVES = "voorkeuren"
# The source of what a colleague corrected; a third value remembers what the source said then.
BY_COLLEAGUE = "colleague"
# The source of what a colleague added beside what a system says: no file ever says otherwise.
BY_HAND = "by_hand"


class Sourced(models.Model):
    """Where a row's fields come from: one source and moment for the row, exceptions field by field.

    `field_sources` maps a column to [source, moment] where it was last changed by something else than the
    row's first source, so that a page can say "uit Wise, 2 september" behind every value.
    """

    source = models.CharField(max_length=40)
    sourced_at = models.DateTimeField()
    field_sources = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    def source_of(self, column: str) -> tuple[str, str]:
        """The source and the ISO moment of one column."""
        told = self.field_sources.get(column) or (self.source, self.sourced_at.isoformat())
        return told[0], told[1]
