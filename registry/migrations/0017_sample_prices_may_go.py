from django.db import migrations

# The sample organisation is taken away entirely, and its negotiated prices with it. The
# function of 0003 is written anew, with one more exception.
HEAD = """
CREATE OR REPLACE FUNCTION registry_price_keep_as_written() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.id, NEW.ai_model_id, NEW.organization_id, NEW.effective_from, NEW.rates,
            NEW.discount_percent, NEW.input_usd_per_million, NEW.output_usd_per_million,
            NEW.cache_read_usd_per_million, NEW.cache_write_usd_per_million, NEW.source,
            NEW.source_reference)
        IS DISTINCT FROM
           (OLD.id, OLD.ai_model_id, OLD.organization_id, OLD.effective_from, OLD.rates,
            OLD.discount_percent, OLD.input_usd_per_million, OLD.output_usd_per_million,
            OLD.cache_read_usd_per_million, OLD.cache_write_usd_per_million, OLD.source,
            OLD.source_reference)
        THEN
            RAISE EXCEPTION 'A price is not changed. End it and add the new one.'
                USING ERRCODE = 'check_violation',
                      CONSTRAINT = 'price_is_kept_as_written';
        END IF;
        RETURN NEW;
    END IF;
    IF (OLD.effective_from IS NULL OR OLD.effective_from <= clock_timestamp())
        AND NOT EXISTS (
            SELECT FROM registry_aimodel
            WHERE id = OLD.ai_model_id AND organization_id IS NOT NULL)
"""
SAMPLE = """
        AND NOT EXISTS (
            SELECT FROM registry_organization
            WHERE id = OLD.organization_id AND is_sample)
"""
TAIL = """
    THEN
        RAISE EXCEPTION 'A price that has been in force is not deleted. End it.'
            USING ERRCODE = 'check_violation',
                  CONSTRAINT = 'price_is_kept_as_written';
    END IF;
    RETURN OLD;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0016_planned_switches_may_enable")]

    operations = [migrations.RunSQL(HEAD + SAMPLE + TAIL, HEAD + TAIL)]
