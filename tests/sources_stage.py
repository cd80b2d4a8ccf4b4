"""Sources of a library in every state that a page can show."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from bibmail.tenancy import current_library_id, sealing
from members.models import ConnectorRun, DataSource


def addresses() -> dict[str, str]:
    """Three sources: one that works, one that drifted, one that fails; and the pages of the last two."""
    at = timezone.now()
    made = {
        "created_at": at,
        "next_due_at": at + timedelta(minutes=40),
        "last_success_at": at - timedelta(hours=1),
    }
    works = DataSource.objects.create(
        connector="uitdatabank", name="Agenda van de bib", every_minutes=360, **made
    )
    drifted = DataSource.objects.create(
        connector="wise", name="Wise", options={"url": "https://wise.example.be", "library": "0001"},
        secrets=sealing.seal_all({"key": "geheim"}, library_id=current_library_id()), **made,
        drift={"members": {"unknown": ["shoeSize"], "missing": ["optOut"]}},
    )  # fmt: skip
    fails = DataSource.objects.create(
        connector="cloudlibrary", name="cloudLibrary", error_code="not_let_in", failures_count=3, **made
    )
    figures = {
        "rows": 41,
        "new": 3,
        "changed": 1204,
        "unchanged": 30,
        "removed": 0,
        "refused": 2,
        "skipped": 18,
    }
    for source, state, code in ((works, "done", ""), (drifted, "done", ""), (fails, "failed", "not_let_in")):
        for hours in range(1, 4):
            ConnectorRun.objects.create(
                source=source, state=state, error_code=code, requests_count=57,
                started_at=at - timedelta(hours=hours),
                figures={} if code or hours == 2 else {"members": figures, "consents": {"new": 2}},
            )  # fmt: skip
    pages = {
        "sources": reverse("library:sources", args=["zottegem"]),
        "source-add": reverse("library:source-add", args=["zottegem"]),
    }
    for kind in ("wise", "sftp"):
        pages[f"source-add-{kind}"] = f"{pages['source-add']}?soort={kind}"
    return pages | {
        "source": reverse("library:source", args=["zottegem", drifted.pk]),
        "source-fails": reverse("library:source", args=["zottegem", fails.pk]),
        "source-change": reverse("library:source-change", args=["zottegem", drifted.pk]),
        "source-remove": reverse("library:source-remove", args=["zottegem", drifted.pk]),
    }
