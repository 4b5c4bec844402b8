import django.contrib.postgres.fields
from django.db import migrations, models

# The snapshot of a process reads which pack version is active. Versions and entries
# never change, and a prompt or a model that appears later announces itself.
TRIGGER = """
CREATE TRIGGER announces_changes AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE
ON registry_activepack FOR EACH STATEMENT
EXECUTE FUNCTION registry_announce_change('organization');
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0010_prompts_in_use")]

    operations = [
        migrations.AddField(
            model_name="pack",
            name="source_read_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="pack",
            name="source_error",
            field=models.CharField(
                blank=True, help_text="Why the last reading failed.", max_length=400
            ),
        ),
        migrations.AddField(
            model_name="packentry",
            name="prompt_reference",
            field=models.CharField(
                blank=True, help_text="NAME@label or NAME@7.", max_length=160
            ),
        ),
        migrations.AddField(
            model_name="plannedswitch",
            name="kept_features",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=80),
                blank=True,
                default=list,
                help_text="Keys of features that keep their own assignment then.",
                size=None,
            ),
        ),
        migrations.RunSQL(
            TRIGGER, "DROP TRIGGER announces_changes ON registry_activepack;"
        ),
    ]
