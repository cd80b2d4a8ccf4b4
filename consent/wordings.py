"""The words people say yes to, kept by version: evidence points to what was on the screen (law L-01)."""

from datetime import datetime

from django.db.models import Max

from consent.models import Subject, Wording


def keep(subject: Subject, code: str, text: str, *, at: datetime, language: str = "nl") -> Wording:
    """The version with these very words: the one there was, else a new one after the last."""
    wordings = Wording.objects.filter(subject=subject, code=code)
    while True:
        known = wordings.filter(text=text).order_by("version", "pk").first()
        if known:
            return known
        last = wordings.aggregate(last=Max("version"))["last"] or 0
        # Two people at once: the version exists by now, and perhaps with these words.
        Wording.objects.bulk_create(
            [
                Wording(
                    subject=subject,
                    code=code,
                    version=last + 1,
                    language=language,
                    text=text,
                    created_at=at,
                )
            ],
            ignore_conflicts=True,
        )
