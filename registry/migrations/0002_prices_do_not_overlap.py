import django.contrib.postgres.constraints
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0001_first'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='price',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('ai_model'), models.F('ai_model'), models.Value('[]'), function='int8range'), '&&'), (models.Func(django.db.models.functions.comparison.Coalesce(models.F('organization'), models.Value(0)), django.db.models.functions.comparison.Coalesce(models.F('organization'), models.Value(0)), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('effective_from'), models.F('effective_to'), function='tstzrange'), '&&')], name='price_periods_do_not_overlap', violation_error_message='Another price holds in part of this period.'),
        ),
    ]
