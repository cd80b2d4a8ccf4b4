from django.db import migrations

from bibmail.tenancy import rls
from bibmail.tenancy.kinds import TableKind

# Reserves a place for one marketing mail per address, in the order of the hashes so that two batches never
# wait for each other. Answers NULL where it was reserved, else the moment from which it can be (decision D15).
CAP_RESERVE = """
    CREATE FUNCTION cap_reserve(hashes uuid[], gaps interval[], at timestamptz)
    RETURNS TABLE (recipient uuid, free_at timestamptz)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public
    SET timezone = 'Europe/Brussels' AS $$
    DECLARE
        wanted record;
        kept   timestamptz[];
    BEGIN
        FOR wanted IN
            SELECT w.hash, max(w.gap) AS gap FROM unnest(hashes, gaps) AS w (hash, gap) GROUP BY w.hash ORDER BY w.hash
        LOOP
            INSERT INTO campaigns_recipientcap (recipient_hash, sent_at) VALUES (wanted.hash, '{}')
                ON CONFLICT DO NOTHING;
            SELECT ARRAY(SELECT s FROM unnest(c.sent_at) AS s WHERE s > at - interval '30 days' ORDER BY s)
              INTO kept
              FROM campaigns_recipientcap c
             WHERE c.recipient_hash = wanted.hash
               FOR UPDATE;
            recipient := wanted.hash;
            free_at := greatest(
                CASE WHEN kept[cardinality(kept)] > at - wanted.gap THEN kept[cardinality(kept)] + wanted.gap END,
                CASE WHEN cardinality(kept) >= 4 THEN kept[cardinality(kept) - 3] + interval '30 days' END
            );
            IF free_at IS NULL THEN
                UPDATE campaigns_recipientcap SET sent_at = kept || at WHERE recipient_hash = wanted.hash;
            END IF;
            RETURN NEXT;
        END LOOP;
    END $$;
    REVOKE ALL ON FUNCTION cap_reserve(uuid[], interval[], timestamptz) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION cap_reserve(uuid[], interval[], timestamptz) TO bibmail_app;
"""

# Gives a place back for a mail that surely did not leave.
CAP_RELEASE = """
    CREATE FUNCTION cap_release(hashes uuid[], moments timestamptz[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public AS $$
    DECLARE
        given record;
    BEGIN
        FOR given IN SELECT g.hash, g.at FROM unnest(hashes, moments) AS g (hash, at) ORDER BY g.hash, g.at LOOP
            UPDATE campaigns_recipientcap SET sent_at = array_remove(sent_at, given.at)
             WHERE recipient_hash = given.hash;
        END LOOP;
    END $$;
    REVOKE ALL ON FUNCTION cap_release(uuid[], timestamptz[]) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION cap_release(uuid[], timestamptz[]) TO bibmail_app;
"""

TABLES = [
    "campaigns_brandkit",
    "campaigns_librarytexts",
    "campaigns_offer",
    "campaigns_libraryperiod",
    "campaigns_campaign",
    "campaigns_mailing",
    "campaigns_mailvariant",
    "campaigns_submission",
    "campaigns_message",
    "campaigns_sendingsettings",
    "campaigns_trackedlink",
    "campaigns_click",
    "campaigns_messageevent",
]

KEYS = [
    rls.Key("campaigns_mailing", "campaign_id", "campaigns_campaign", "CASCADE"),
    rls.Key("campaigns_mailvariant", "mailing_id", "campaigns_mailing", "CASCADE"),
    rls.Key("campaigns_message", "mailing_id", "campaigns_mailing"),
    rls.Key("campaigns_message", "contact_id", "members_contact", "SET NULL"),
    rls.Key("campaigns_message", "recipient_id", "members_contact", "SET NULL"),
    rls.Key("campaigns_message", "submission_id", "campaigns_submission", "SET NULL"),
    rls.Key("campaigns_message", "consent_id", "consent_consent", "SET NULL"),
    rls.Key("campaigns_message", "variant_id", "campaigns_mailvariant", "SET NULL"),
    rls.Key("campaigns_trackedlink", "mailing_id", "campaigns_mailing", "CASCADE"),
    rls.Key("campaigns_click", "message_id", "campaigns_message", "CASCADE"),
    rls.Key("campaigns_click", "link_id", "campaigns_trackedlink", "CASCADE"),
    rls.Key("campaigns_messageevent", "message_id", "campaigns_message", "CASCADE"),
]


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0003_sending"), ("consent", "0005_preference_fences")]

    operations = [
        rls.protect("campaigns_calendarperiod", TableKind.SHARED),
        rls.protect("campaigns_networkswitch", TableKind.SHARED),
        *rls.fence(TABLES, KEYS),
        *rls.functions_only("campaigns_recipientcap"),
        migrations.RunSQL(CAP_RESERVE, "DROP FUNCTION cap_reserve(uuid[], interval[], timestamptz);"),
        migrations.RunSQL(CAP_RELEASE, "DROP FUNCTION cap_release(uuid[], timestamptz[]);"),
    ]
