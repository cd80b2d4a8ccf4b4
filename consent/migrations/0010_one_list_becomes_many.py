from django.db import migrations

from bibmail.tenancy import rls

# Who was asked to confirm before, comes on the list that the form had then.
_MOVE = """
    INSERT INTO consent_signupformlist (library_id, form_id, contact_list_id)
    SELECT library_id, id, contact_list_id FROM consent_signupform WHERE contact_list_id IS NOT NULL;
    UPDATE consent_signuprequest AS r
       SET list_ids = ARRAY[f.contact_list_id]
      FROM consent_signupform AS f
     WHERE f.library_id = r.library_id AND f.id = r.form_id AND f.contact_list_id IS NOT NULL
       AND r.confirmed_at IS NULL;
"""

# Back: a form has room for one list, the first.
_MOVE_BACK = """
    UPDATE consent_signupform AS f
       SET contact_list_id = (SELECT min(l.contact_list_id) FROM consent_signupformlist AS l
                               WHERE l.library_id = f.library_id AND l.form_id = f.id);
    DELETE FROM consent_signupformlist;
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0009_signup_list_fences")]

    operations = [
        *rls.unfenced(
            ["consent_signupform", "consent_signuprequest", "consent_signupformlist"],
            [migrations.RunSQL(_MOVE, _MOVE_BACK)],
        ),
        # The column takes its key along; on the way back both are there before the rows are.
        *rls.unfenced(
            ["consent_signupform", "members_contactlist"],
            [
                migrations.RunSQL(
                    migrations.RunSQL.noop,
                    rls.composite_fk(
                        "consent_signupform", "contact_list_id", "members_contactlist", "SET NULL"
                    ).sql,
                )
            ],
        ),
        migrations.RemoveField(model_name="signupform", name="contact_list"),
    ]
