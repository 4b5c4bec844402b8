from django.db import migrations

# What Django's `createcachetable` makes: limits of signing in count for all processes.
CREATE = """
CREATE TABLE IF NOT EXISTS registry_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX IF NOT EXISTS registry_cache_expires ON registry_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0025_feature_automatic_choice")]

    operations = [
        migrations.RunSQL(CREATE, "DROP TABLE IF EXISTS registry_cache"),
    ]
