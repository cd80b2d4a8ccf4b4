from django.db import migrations

from bibmail.tenancy import rls

# Raises without a library: a forgotten scope is a loud error, not an empty table.
CURRENT_LIBRARY_ID = """
    CREATE FUNCTION current_library_id() RETURNS bigint
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    SET search_path = pg_catalog AS $$
    DECLARE
        library_id text := current_setting('app.library_id', true);
    BEGIN
        IF library_id IS NULL OR library_id = '' THEN
            RAISE EXCEPTION 'no library is set; open tenancy.acting_for' USING ERRCODE = '42501';
        END IF;
        RETURN library_id::bigint;
    END $$;
    REVOKE ALL ON FUNCTION current_library_id() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION current_library_id() TO bibmail_app, bibmail_owner, bibmail_dashboard, bibmail_backup;
"""

# After a large load the planner must know of the rows, or it walks through them one by one; only an owner
# may ANALYZE. SKIP_LOCKED: two imports at once must not wait for each other.
REFRESH_STATISTICS = """
    CREATE FUNCTION refresh_statistics(target regclass) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM pg_class WHERE oid = target AND relnamespace = 'public'::regnamespace) THEN
            RAISE EXCEPTION 'no table of ours: %', target;
        END IF;
        EXECUTE format('ANALYZE (SKIP_LOCKED) %s', target);
    END $$;
    REVOKE ALL ON FUNCTION refresh_statistics(regclass) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION refresh_statistics(regclass) TO bibmail_app;
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]

    operations = [
        migrations.RunSQL(CURRENT_LIBRARY_ID, "DROP FUNCTION current_library_id();"),
        migrations.RunSQL(REFRESH_STATISTICS, "DROP FUNCTION refresh_statistics(regclass);"),
        *rls.fence(
            [
                "tenancy_branch",
                "tenancy_openinghours",
                "tenancy_openingexception",
                "tenancy_auditentry",
            ],
            [
                rls.Key("tenancy_openinghours", "branch_id", "tenancy_branch", "CASCADE"),
                rls.Key("tenancy_openingexception", "branch_id", "tenancy_branch", "CASCADE"),
            ],
        ),
        rls.append_only("tenancy_auditentry"),
    ]
