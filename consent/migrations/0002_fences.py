from django.db import migrations

from bibmail.tenancy import rls
from bibmail.tenancy.kinds import TableKind

# Grants let the app fill only the closed_* columns; this says that it may do so once.
CLOSED_ONCE = """
    CREATE FUNCTION consent_is_closed_once() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog AS $$
    BEGIN
        IF OLD.closed_at IS NOT NULL THEN
            RAISE EXCEPTION 'this consent was closed before; evidence does not change' USING ERRCODE = '23514';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER consent_is_closed_once BEFORE UPDATE ON consent_consent
        FOR EACH ROW EXECUTE FUNCTION consent_is_closed_once();
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_initial"), ("members", "0002_fences")]

    operations = [
        rls.protect("consent_topic", TableKind.SHARED),
        rls.protect("consent_datause", TableKind.SHARED),
        *rls.fence(
            [
                "consent_librarytopic",
                "consent_wording",
                "consent_consent",
                "consent_suppression",
            ],
            [
                rls.Key("consent_consent", "contact_id", "members_contact", "CASCADE"),
                rls.Key("consent_consent", "wording_id", "consent_wording"),
                rls.Key("consent_suppression", "contact_id", "members_contact", "CASCADE"),
            ],
        ),
        rls.append_only("consent_wording"),
        rls.append_only("consent_consent", may_update=["closed_at", "closed_by_id", "closed_source"]),
        migrations.RunSQL(
            CLOSED_ONCE,
            "DROP TRIGGER consent_is_closed_once ON consent_consent; DROP FUNCTION consent_is_closed_once();",
        ),
    ]
