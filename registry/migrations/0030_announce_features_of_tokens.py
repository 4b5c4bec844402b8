from django.db import migrations

# The snapshot reads which features a token is for: see 0006_announce_changes.
BEFORE = (
    "organization_id, label, digest, scopes, expires_at, revoked_at, profile_id, "
    "follows_owner"
)
AGAIN = "DROP TRIGGER announces_changes ON registry_apitoken;"


def trigger(columns: str) -> str:
    return (
        "CREATE TRIGGER announces_changes AFTER INSERT OR DELETE OR TRUNCATE OR "
        f"UPDATE OF {columns} ON registry_apitoken FOR EACH STATEMENT "
        "EXECUTE FUNCTION registry_announce_change('organization');"
    )


class Migration(migrations.Migration):
    dependencies = [("registry", "0029_people_have_zones")]

    operations = [
        migrations.RunSQL(
            AGAIN + trigger(f"{BEFORE}, feature_keys"), AGAIN + trigger(BEFORE)
        ),
    ]
