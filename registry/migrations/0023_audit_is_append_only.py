from django.db import migrations

# Not even the role that owns the table changes what it says, short of taking the trigger
# away. The one exception stands in the data, not in a setting that anybody could make:
# entries of the sample organisation, of which nothing is real, are dated back when it is
# made and go with it. An organisation with a log cannot be turned into a sample.
KEEP = """
CREATE FUNCTION registry_audit_append_only() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'TRUNCATE' AND EXISTS (
        SELECT FROM registry_organization
        WHERE id = OLD.organization_id AND is_sample)
    THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        ELSIF NEW.organization_id = OLD.organization_id THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'The audit log is append-only.'
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER audit_keeps_rows BEFORE UPDATE OR DELETE ON registry_auditentry
FOR EACH ROW EXECUTE FUNCTION registry_audit_append_only();

CREATE TRIGGER audit_keeps_table BEFORE TRUNCATE ON registry_auditentry
FOR EACH STATEMENT EXECUTE FUNCTION registry_audit_append_only();

CREATE FUNCTION registry_real_stays_real() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.is_sample AND NOT OLD.is_sample AND EXISTS (
        SELECT FROM registry_auditentry WHERE organization_id = OLD.id)
    THEN
        RAISE EXCEPTION 'An organisation with a log cannot become sample data.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER real_stays_real BEFORE UPDATE OF is_sample ON registry_organization
FOR EACH ROW EXECUTE FUNCTION registry_real_stays_real();
"""
LET_GO = """
DROP TRIGGER real_stays_real ON registry_organization;
DROP FUNCTION registry_real_stays_real();
DROP TRIGGER audit_keeps_table ON registry_auditentry;
DROP TRIGGER audit_keeps_rows ON registry_auditentry;
DROP FUNCTION registry_audit_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0022_audit_from_where")]

    operations = [migrations.RunSQL(KEEP, LET_GO)]
