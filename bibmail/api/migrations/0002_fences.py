from django.db import migrations

from bibmail.tenancy import rls

TABLES = [
    "api_apikey",
    "api_apiusage",
    "api_idempotencyrecord",
    "api_webhookendpoint",
    "api_webhookdelivery",
]


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial"), ("tenancy", "0004_temporary_tables_last")]

    operations = rls.fence(
        TABLES,
        [
            rls.Key("api_apikey", "follows_id", "api_apikey", "SET NULL"),
            rls.Key("api_apiusage", "key_id", "api_apikey", "CASCADE"),
            rls.Key("api_idempotencyrecord", "key_id", "api_apikey", "CASCADE"),
            rls.Key("api_webhookdelivery", "endpoint_id", "api_webhookendpoint", "CASCADE"),
        ],
    )
