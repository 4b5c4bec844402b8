from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0030_announce_features_of_tokens'),
    ]

    operations = [
        migrations.CreateModel(
            name='CallCount',
            fields=[
                ('key', models.CharField(help_text='Who called and how: token:5 reads, or person:3@2 writes.', max_length=80, primary_key=True, serialize=False)),
                ('started_at', models.DateTimeField()),
                ('calls', models.PositiveIntegerField()),
            ],
        ),
        migrations.RunSQL(
            'ALTER TABLE registry_callcount SET UNLOGGED',
            migrations.RunSQL.noop,
        ),
    ]
