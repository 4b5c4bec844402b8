import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

# What processes serve of prompts: labelled versions, and those that features use, which
# the tables of assignments announce already. A version by itself is served to nobody.
WATCHED_COLUMNS = {
    "registry_prompt": "organization_id, name, archived_at",
    "registry_promptlabel": "name, prompt_id, prompt_version_id",
}


def trigger(table, columns):
    return migrations.RunSQL(
        "CREATE TRIGGER announces_changes AFTER INSERT OR DELETE OR TRUNCATE "
        f"OR UPDATE OF {columns} ON {table} FOR EACH STATEMENT "
        "EXECUTE FUNCTION registry_announce_change('organization');",
        f"DROP TRIGGER announces_changes ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("registry", "0009_packs_and_prompts")]

    operations = [
        migrations.AddField(
            model_name="promptlabelmove",
            name="undoes",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="undone_by",
                to="registry.promptlabelmove",
            ),
        ),
        migrations.AlterField(
            model_name="apitoken",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("gateway", "Call models through the gateway"),
                        ("feedback", "Send feedback about answers"),
                        ("prompts", "Read prompts"),
                    ],
                    max_length=20,
                ),
                default=list,
                size=None,
            ),
        ),
        migrations.AlterField(
            model_name="prompt",
            name="name",
            field=models.CharField(
                max_length=80,
                validators=[
                    django.core.validators.RegexValidator(
                        r"^[A-Za-z][A-Za-z0-9]*([._/-][A-Za-z0-9]+)*\Z",
                        "Use letters, digits, dots, dashes and underscores, as in "
                        "CODE_GENERATOR.",
                    )
                ],
            ),
        ),
        migrations.AlterField(
            model_name="promptlabel",
            name="name",
            field=models.CharField(
                max_length=40,
                validators=[
                    django.core.validators.RegexValidator(
                        r"^[a-z][a-z0-9]*(-[a-z0-9]+)*\Z",
                        "Use small letters, digits and dashes, as in production.",
                    )
                ],
            ),
        ),
        *(trigger(table, columns) for table, columns in WATCHED_COLUMNS.items()),
    ]
