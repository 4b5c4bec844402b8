from django.db import migrations

# Every process serves from a snapshot in memory (registry.resolution). A committed
# change of what it reads is announced: the payload says which part to read again, and
# the sequence numbers the changes. Columns that only note what happened (when a token
# was last used, what the last check of a connection said) announce nothing.
CATALOG = ("registry_provider", "registry_aimodel", "registry_modelalias", "registry_price")
ORGANIZATION = (
    "registry_organization",
    "registry_feature",
    "registry_assignment",
    "registry_assignmentrevision",
    "registry_assignmentfallback",
    "registry_modelsetting",
    "registry_defaultfallback",
    "registry_connection",
    "registry_connectionmodel",
    "registry_apitoken",
)
WATCHED_COLUMNS = {
    "registry_connection": (
        "organization_id, provider_id, label, encrypted_key, key_variable, base_url, "
        "encrypted_headers, is_enabled, position, requests_per_minute, "
        "tokens_per_minute, max_retries, backoff, timeout_seconds"
    ),
    "registry_connectionmodel": "connection_id, ai_model_id, is_available",
    "registry_apitoken": (
        "organization_id, label, digest, scopes, expires_at, revoked_at"
    ),
}
ANNOUNCE = """
CREATE SEQUENCE registry_configuration_version;
CREATE FUNCTION registry_announce_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM nextval('registry_configuration_version');
    PERFORM pg_notify('modelhub_configuration', TG_ARGV[0]);
    RETURN NULL;
END $$;
"""
SILENCE = """
DROP FUNCTION registry_announce_change();
DROP SEQUENCE registry_configuration_version;
"""


def trigger(table, part):
    columns = WATCHED_COLUMNS.get(table)
    update = f"UPDATE OF {columns}" if columns else "UPDATE"
    return migrations.RunSQL(
        f"CREATE TRIGGER announces_changes AFTER INSERT OR DELETE OR TRUNCATE OR {update} "
        f"ON {table} FOR EACH STATEMENT "
        f"EXECUTE FUNCTION registry_announce_change('{part}');",
        f"DROP TRIGGER announces_changes ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("registry", "0005_discovery_runs")]

    operations = [
        migrations.RunSQL(ANNOUNCE, SILENCE),
        *(trigger(table, "catalog") for table in CATALOG),
        *(trigger(table, "organization") for table in ORGANIZATION),
    ]
