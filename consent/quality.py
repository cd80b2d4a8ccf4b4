"""What consent knows of data that is wrong: addresses that do not work."""

from django.utils.translation import gettext_lazy as _

from members import quality
from members.quality import Check


def register() -> None:
    quality.register(
        Check(
            code="bounced",
            title=_("Adressen die niet werken"),
            why=_("Een mail kwam terug als onbestelbaar. We sturen er niets meer naartoe."),
            mend=_("Vraag een nieuw adres aan de balie. Zodra het anders is, mailen we weer."),
            sql="""c.recipient_hash IN (
                SELECT x.fingerprint FROM consent_suppression AS x
                 WHERE x.scope = 'address' AND x.reason = 'hard_bounce'
                   AND x.since <= %(at)s AND (x.lifted_at IS NULL OR x.lifted_at > %(at)s))""",
            tone="bad",
        )
    )
