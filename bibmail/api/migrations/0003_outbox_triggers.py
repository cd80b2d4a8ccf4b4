from django.db import migrations

# What happened becomes a row for each endpoint that wants to hear of it, in the very transaction in which it
# happened (ADR 20). By statement, so that a file with fifty thousand answers costs one more statement; as the
# caller, so that the fences hold here too.
_DELIVER = """
    INSERT INTO public.api_webhookdelivery
           (library_id, endpoint_id, public_id, kind, external_id, subject, code, is_given, occurred_at,
            state, tries_count, next_try_at, created_at, fault)
    SELECT e.library_id, e.id, gen_random_uuid(), {kind}, {external_id}, {subject}, {code}, {is_given}, {at},
           'waiting', 0, clock_timestamp(), clock_timestamp(), ''
"""

_FUNCTION = """
    CREATE FUNCTION {name}() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        {body};
        RETURN NULL;
    END $$;
"""

_CONSENT = (
    _DELIVER.format(
        kind="'consent.changed'", external_id="c.external_id", subject="t.subject", code="t.code",
        # A no that is kept on its own opens and closes at one moment.
        is_given="t.closed_at IS NULL", at="coalesce(t.closed_at, t.opened_at)",
    )
    + """
      FROM {rows} AS t
      JOIN public.members_contact AS c ON c.library_id = t.library_id AND c.id = t.contact_id
      JOIN public.api_webhookendpoint AS e ON e.library_id = t.library_id
     WHERE e.events ? 'consent.changed' AND c.external_id IS NOT NULL
     ORDER BY t.id
"""
)  # fmt: skip

_UNSUBSCRIBED = (
    _DELIVER.format(
        kind="'contact.unsubscribed'", external_id="c.external_id", subject="''", code="''",
        is_given="NULL::boolean", at="t.since",
    )
    + """
      FROM added AS t
      JOIN public.members_contact AS c ON c.library_id = t.library_id AND c.id = t.contact_id
      JOIN public.api_webhookendpoint AS e ON e.library_id = t.library_id
     WHERE t.reason = 'unsubscribed' AND e.events ? 'contact.unsubscribed' AND c.external_id IS NOT NULL
     ORDER BY t.id
"""
)  # fmt: skip

_ERASED_VALUES = {
    "kind": "'contact.erased'", "subject": "''", "code": "''", "is_given": "NULL::boolean",
    "at": "clock_timestamp()",
}  # fmt: skip
_ERASED = (
    _DELIVER.format(external_id="t.external_id", **_ERASED_VALUES)
    + """
      FROM gone AS t
      JOIN public.api_webhookendpoint AS e ON e.library_id = t.library_id
     WHERE e.events ? 'contact.erased' AND t.external_id IS NOT NULL
     ORDER BY t.id
"""
)
_NUMBER_TAKEN = (
    _DELIVER.format(external_id="OLD.external_id", **_ERASED_VALUES)
    + """
      FROM public.api_webhookendpoint AS e
     WHERE e.library_id = OLD.library_id AND e.events ? 'contact.erased'
"""
)

_FUNCTIONS = {
    "api_tell_consents_opened": _CONSENT.format(rows="added"),
    # A closing in the same statement as nothing else: only rows that were open before.
    "api_tell_consents_closed": _CONSENT.format(
        rows="(SELECT n.* FROM changed AS n JOIN before AS o ON o.id = n.id"
        " WHERE o.closed_at IS NULL AND n.closed_at IS NOT NULL)"
    ),
    "api_tell_unsubscribed": _UNSUBSCRIBED,
    "api_tell_erased": _ERASED,
    "api_tell_number_taken": _NUMBER_TAKEN,
}

_TRIGGERS = """
    CREATE TRIGGER api_consents_opened AFTER INSERT ON consent_consent
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION api_tell_consents_opened();
    CREATE TRIGGER api_consents_closed AFTER UPDATE ON consent_consent
        REFERENCING OLD TABLE AS before NEW TABLE AS changed
        FOR EACH STATEMENT EXECUTE FUNCTION api_tell_consents_closed();
    CREATE TRIGGER api_unsubscribed AFTER INSERT ON consent_suppression
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION api_tell_unsubscribed();
    CREATE TRIGGER api_erased AFTER DELETE ON members_contact
        REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION api_tell_erased();
    -- Only where a statement names the column: an import, which finds people by it, never does.
    CREATE TRIGGER api_number_taken AFTER UPDATE OF external_id ON members_contact
        FOR EACH ROW WHEN (OLD.external_id IS NOT NULL AND NEW.external_id IS NULL)
        EXECUTE FUNCTION api_tell_number_taken();
"""

_NO_TRIGGERS = """
    DROP TRIGGER api_consents_opened ON consent_consent;
    DROP TRIGGER api_consents_closed ON consent_consent;
    DROP TRIGGER api_unsubscribed ON consent_suppression;
    DROP TRIGGER api_erased ON members_contact;
    DROP TRIGGER api_number_taken ON members_contact;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("api", "0002_fences"),
        ("consent", "0005_preference_fences"),
        ("members", "0004_news_fences"),
    ]

    operations = [
        *(
            migrations.RunSQL(_FUNCTION.format(name=name, body=body), f"DROP FUNCTION {name}();")
            for name, body in _FUNCTIONS.items()
        ),
        migrations.RunSQL(_TRIGGERS, _NO_TRIGGERS),
    ]
