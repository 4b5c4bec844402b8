from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import DO_NOTHING

from registry import origin

TEXTS = {
    "source": (10, origin.origin_source),
    "source_detail": (120, origin.origin_detail),
    "user_agent": (300, origin.origin_user_agent),
    "request_id": (64, origin.origin_request_id),
}
MORE = {
    "source": {
        "choices": [
            ("page", "Pages"),
            ("admin", "Registry admin"),
            ("api", "API"),
            ("console", "Console"),
            ("worker", "Worker"),
            ("", "Not noted"),
        ]
    },
    "source_detail": {
        "help_text": "The API token, the console's command and user, or the task."
    },
}


def empty_at_first(name):
    """Entries from before know nothing of it; the default would say that all of them
    came from the console that runs this migration."""
    length, later = TEXTS[name]
    facts = {"blank": True, "max_length": length, **MORE.get(name, {})}
    return [
        migrations.AddField("auditentry", name, models.CharField(default="", **facts)),
        migrations.AlterField(
            "auditentry", name, models.CharField(default=later, **facts)
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("registry", "0021_scopes_of_automation")]

    operations = [
        *(step for name in TEXTS for step in empty_at_first(name)),
        migrations.AddField(
            "auditentry",
            "address",
            models.GenericIPAddressField(blank=True, null=True),
        ),
        migrations.AlterField(
            "auditentry",
            "address",
            models.GenericIPAddressField(
                blank=True, default=origin.origin_address, null=True
            ),
        ),
        migrations.AlterField(
            "auditentry",
            "actor",
            models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=DO_NOTHING,
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            "auditentry",
            "organization",
            models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="Empty for changes of the shared catalogue.",
                null=True,
                on_delete=DO_NOTHING,
                related_name="audit_entries",
                to="registry.organization",
            ),
        ),
    ]
